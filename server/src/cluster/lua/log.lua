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
    if born == '' then return { epoch = '0', last = 0, held = 0 } end
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
  return { epoch = epoch, last = last, held = held }
end

local function id(seq)
  return string.format('%.0f-0', seq)
end

local function first(log)
  local oldest = redis.call('XRANGE', entries, '-', '+', 'COUNT', 1)[1]
  return oldest and oldest[1] or id(log.last + 1)
end

-- Takes out what is no longer kept: up to a thousand at a time, so that nobody waits long.
local function trim(state, keep, snapshots)
  local gone = state.last - keep
  if snapshots then gone = math.min(gone, state.held) end
  if gone < 1 then return end
  local old = redis.call('XRANGE', entries, '-', id(gone), 'COUNT', 1000)
  for _, entry in ipairs(old) do
    redis.call('HDEL', ids, entry[2][2] .. ' ' .. entry[2][4])
  end
  if #old > 0 then
    local seq = string.match(old[#old][1], '^%d+')
    redis.call('XTRIM', entries, 'MINID', id(tonumber(seq) + 1))
  end
end
