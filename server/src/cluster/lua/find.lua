-- Finds an entry by its author and id. ARGV: see `store/redis.rs`.

local by, name, born = unpack(ARGV)
local _, damaged = open(born)
if damaged then return damaged end

local place = redis.call('HGET', ids, by .. ' ' .. name)
if not place then return false end
return redis.call('XRANGE', entries, id(tonumber(place)), id(tonumber(place)))[1] or false
