-- A sign of life. KEYS: the replicas. ARGV: the life, its lease in milliseconds; none of either: only looks.
-- Answers with 1 where this life was alive already, and all that are alive.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
local known = 0
if ARGV[1] then
  if redis.call('ZSCORE', KEYS[1], ARGV[1]) then known = 1 end
  redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[2])), ARGV[1])
end
return { known, redis.call('ZRANGE', KEYS[1], 0, -1) }
