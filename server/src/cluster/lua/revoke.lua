-- Keeps revocations, and tells those that are news. KEYS: their set. ARGV: the second before which they are about nothing any
-- more, for how many seconds one is about something, the channel, whether all are asked for; then seconds and users in turn.
-- Answers with users and seconds in turn of all that are kept, or with nothing.

for i = 5, #ARGV, 2 do
  if redis.call('ZADD', KEYS[1], 'GT', 'CH', ARGV[i], ARGV[i + 1]) == 1 then
    redis.call('PUBLISH', ARGV[3], '1 revocation ' .. ARGV[i + 1] .. ' ' .. ARGV[i] .. '\n')
  end
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
if ARGV[4] == 'all' then return redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES') end
return {}
