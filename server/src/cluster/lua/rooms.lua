-- Says that somebody is in these rooms. KEYS: the rooms. ARGV: for how many milliseconds; which.
-- Answers with all rooms of which that was said.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
local till = string.format('%.0f', now + tonumber(ARGV[1]))
for at = 2, #ARGV do redis.call('ZADD', KEYS[1], till, ARGV[at]) end
return redis.call('ZRANGE', KEYS[1], 0, -1)
