-- Who is in a room changes, on one replica. KEYS: the room's presence. ARGV: the replica's life; the number of this change
-- among its own, so that one that comes late does nothing; 1 where all that it said before is replaced; the TTL in seconds;
-- the channel; the message for it, without its version; how many follow that are in; those, as field and value; those that
-- are gone, as fields.

local key = KEYS[1]
local life, number, whole, ttl, channel, message, count = unpack(ARGV, 1, 7)
local mark = '#' .. life
local before = tonumber(redis.call('HGET', key, mark) or '0')
if tonumber(number) <= before then return 0 end

if whole == '1' then
  for _, field in ipairs(redis.call('HKEYS', key)) do
    if string.sub(field, 1, #life + 1) == life .. '/' then redis.call('HDEL', key, field) end
  end
end
local at = 8
for _ = 1, tonumber(count) do
  redis.call('HSET', key, ARGV[at], ARGV[at + 1])
  at = at + 2
end
while ARGV[at] do
  redis.call('HDEL', key, ARGV[at])
  at = at + 1
end
redis.call('HSET', key, mark, number)
local version = redis.call('HINCRBY', key, 'version', 1)
redis.call('EXPIRE', key, ttl)
redis.call('PUBLISH', channel, '1 presence ' .. life .. ' ' .. version .. ' ' .. whole .. '\n' .. message)
return version
