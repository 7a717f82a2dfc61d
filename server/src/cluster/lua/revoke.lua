-- Keeps revocations. KEYS: their set. ARGV: the second before which they are about nothing any more, for how many seconds one
-- is about something, the channel and what is to be told on it, or ''; then seconds and users in turn.
-- Answers with users and seconds in turn of all that are kept, where nothing was to be told.

for i = 5, #ARGV, 2 do
  redis.call('ZADD', KEYS[1], 'GT', ARGV[i], ARGV[i + 1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
if ARGV[4] ~= '' then
  redis.call('PUBLISH', ARGV[3], ARGV[4])
  return {}
end
return redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
