-- Somebody knows what stood at a place. If the log has lost it or holds another entry there, it begins a new life, so that
-- nobody goes on from a place that now means something else. Then reads what came after. ARGV: see `store/redis.rs`.

local epoch, seq, by, name, born, channel, topic = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local state, damaged = open(born)
if damaged then return damaged end

if epoch == state.epoch and seq > 0 then
  local there = redis.call('XRANGE', entries, id(seq), id(seq))[1]
  local another = there and by ~= '' and (there[2][2] ~= by or there[2][4] ~= name)
  if seq > state.last or another then
    state.epoch = born
    redis.call('HSET', log, 'epoch', born)
    redis.call('PUBLISH', channel, '1 life ' .. topic .. ' ' .. born .. '\n')
  end
end
local stretch = {}
if epoch == state.epoch and seq < state.last then stretch = redis.call('XRANGE', entries, id(seq + 1), '+') end
return { state.epoch, id(state.last), first(state), stretch }
