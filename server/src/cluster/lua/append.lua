-- Gives an entry the next place and tells the room's channel, or says what stands where. ARGV: see `store/redis.rs`.

local expected, by, name, body, keep, most, snapshots, born, ttl, channel, topic = unpack(ARGV)
local state, damaged = open(born)
if damaged then return damaged end

local author = by .. ' ' .. name
local place = redis.call('HGET', ids, author)
local found = place and redis.call('XRANGE', entries, id(tonumber(place)), id(tonumber(place)))[1]
if found then return { 'repeated', state.epoch, found } end
if expected ~= '' and tonumber(expected) ~= state.last then
  return { 'conflict', state.epoch, id(state.last) }
end

state.last, state.at = state.last + 1, state.at + #body
local seq = string.format('%.0f', state.last)
redis.call('XADD', entries, id(state.last), 'by', by, 'id', name, 'body', body, 'at', string.format('%.0f', state.at))
redis.call('HSET', ids, author, seq)
redis.call('HSET', log, 'last', seq)
trim(state, tonumber(keep), tonumber(most), snapshots == '1')
local now = redis.call('TIME')
local till = string.format('%.0f', now[1] * 1000 + tonumber(ttl) * 1000)
for _, key in ipairs(KEYS) do redis.call('PEXPIREAT', key, till) end
redis.call('PUBLISH', channel, '1 entry ' .. topic .. ' ' .. state.epoch .. ' ' .. seq .. ' ' .. by .. ' ' .. name .. '\n' .. body)
return { 'new', state.epoch, id(state.last) }
