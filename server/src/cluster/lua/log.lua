-- What every script of a log begins with. KEYS: the log's hash, its stream of entries, its hash of ids.
-- Looks at all three before anything is written, so that foreign data under our keys is an error and stays as it is.

local log, entries, ids = KEYS[1], KEYS[2], KEYS[3]

local function open(born)
  local state = redis.call('HMGET', log, 'epoch', 'last', 'held')
  local epoch, last, held = state[1], tonumber(state[2]), tonumber(state[3])
  local newest = redis.call('XREVRANGE', entries, '+', '-', 'COUNT', 1)[1]
  local known = redis.call('HLEN', ids)
  if not epoch then
    if newest or known > 0 or redis.call('EXISTS', log) == 1 then
      return nil, redis.error_reply('DAMAGED ' .. log .. ' holds no log, but its other keys are there')
    end
    -- Whoever only looks brings no epoch, and leaves none.
    if born == '' then return { epoch = '0', last = 0, held = 0, at = 0 } end
    epoch, last, held = born, 0, 0
    redis.call('HSET', log, 'epoch', epoch, 'last', 0, 'held', 0)
    redis.call('EXPIRE', log, 86400)
  end
  if not last or not held then
    return nil, redis.error_reply('DAMAGED ' .. log .. ' is no log of this version')
  end
  -- All entries may be gone where a snapshot holds them.
  local there = newest and newest[1] == string.format('%.0f-0', last)
  if last > held and not there or newest and not there then
    return nil, redis.error_reply('DAMAGED ' .. entries .. ' does not end where its log does')
  end
  local at = newest and tonumber(newest[2][8]) or 0
  return { epoch = epoch, last = last, held = held, at = at }
end

local function id(seq)
  return string.format('%.0f-0', seq)
end

local function first(log)
  local oldest = redis.call('XRANGE', entries, '-', '+', 'COUNT', 1)[1]
  return oldest and oldest[1] or id(log.last + 1)
end

-- Takes out what is no longer kept, by number or, where a snapshot holds it, by bytes: up to a hundred at a time, so that
-- nobody waits long. Each entry says how many bytes all up to it have had; those from before it did say nothing, and weigh
-- nothing.
local function trim(state, keep, most, snapshots)
  -- Most often nothing is, and the oldest entry need not be read for that.
  if state.last <= keep and not (snapshots and state.at > most) then return end
  local free = snapshots and state.held or state.last
  local function place(entry) return tonumber(string.match(entry[1], '^%d+')) end
  local function beyond(entry)
    local seq, body, at = place(entry), entry[2][6], tonumber(entry[2][8])
    local heavy = snapshots and at and state.at - at + #body > most
    return seq <= free and (seq <= state.last - keep or heavy)
  end
  local oldest = redis.call('XRANGE', entries, '-', '+', 'COUNT', 1)[1]
  if not oldest or not beyond(oldest) then return end
  local till
  for _, entry in ipairs(redis.call('XRANGE', entries, '-', id(free), 'COUNT', 100)) do
    if not beyond(entry) then break end
    redis.call('HDEL', ids, entry[2][2] .. ' ' .. entry[2][4])
    till = place(entry)
  end
  redis.call('XTRIM', entries, 'MINID', id(till + 1))
end
