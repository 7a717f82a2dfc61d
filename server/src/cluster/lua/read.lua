-- Reads a stretch: `after` a place, so many `before` one, or the `newest`. ARGV: see `store/redis.rs`.

local kind, seq, limit, born = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local state, damaged = open(born)
if damaged then return damaged end

local from, to = seq + 1, state.last
if kind == 'before' then
  to = math.min(seq - 1, state.last)
  from = math.min(seq, state.last + 1) - limit
elseif kind == 'newest' then
  from = state.last - limit + 1
end
local stretch = {}
if from <= to then stretch = redis.call('XRANGE', entries, id(math.max(from, 1)), id(to)) end
return { state.epoch, id(state.last), first(state), stretch }
