-- Takes a snapshot, if it is of this life and newer than the one that is there. ARGV: see `store/redis.rs`.

local epoch, seq, body, keep, most, born = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
local state, damaged = open(born)
if damaged then return damaged end

if epoch ~= state.epoch or seq <= state.held or seq > state.last then return 0 end
redis.call('HSET', log, 'held', string.format('%.0f', seq), 'snapshot', body)
state.held = seq
trim(state, keep, most, true)
return 1
