-- Reads the newest snapshot and what was appended since. ARGV: see `store/redis.rs`.

local state, damaged = open(ARGV[1])
if damaged then return damaged end

local stretch = {}
if state.held < state.last then stretch = redis.call('XRANGE', entries, id(state.held + 1), '+') end
local snapshot = false
if state.held > 0 then
  snapshot = redis.call('HGET', log, 'snapshot')
  if not snapshot then return redis.error_reply('DAMAGED ' .. log .. ' has lost its snapshot') end
end
return { state.epoch, id(state.last), id(state.held), snapshot, stretch }
