-- Takes out what a replica left behind whose lease is over. KEYS: the room's presence. ARGV: its life, the channel.

local key, life, channel = KEYS[1], ARGV[1], ARGV[2]
local swept = 0
for _, field in ipairs(redis.call('HKEYS', key)) do
  if string.sub(field, 1, #life + 1) == life .. '/' then
    redis.call('HDEL', key, field)
    swept = swept + 1
  end
end
-- The number of its last change has nobody to order any more.
redis.call('HDEL', key, '#' .. life)
if swept > 0 then
  local version = redis.call('HINCRBY', key, 'version', 1)
  redis.call('PUBLISH', channel, '1 presence ' .. life .. ' ' .. version .. ' 1\n{"held":[],"gone":[]}')
end
return swept
