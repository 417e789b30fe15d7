/**
 * What a registry runs on Redis, each in one step, so that several registries can not come between each other.
 *
 * @module
 */

/**
 * Remembers an instance. KEYS: its key, the times, the names. ARGV: the URL, the lifetime in milliseconds, the most in
 * all, the most of one name, the name. Answers what became of it.
 *
 * What has not been announced again is first taken out of the two sets; the key itself expires. `$` follows `#`.
 */
export const REGISTER: string = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lifetime = tonumber(ARGV[2])
local gone = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. string.format('%.0f', now - lifetime), 'LIMIT', 0, 1000)
if #gone > 0 then
  redis.call('ZREM', KEYS[2], unpack(gone))
  redis.call('ZREM', KEYS[3], unpack(gone))
end
local answer = 'renewed'
if not redis.call('ZSCORE', KEYS[2], KEYS[1]) then
  answer = 'added'
  if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[3]) then return 'too-many-services' end
  local count = redis.call('ZLEXCOUNT', KEYS[3], '[' .. ARGV[5] .. '#', '(' .. ARGV[5] .. '$')
  if count >= tonumber(ARGV[4]) then return 'too-many-instances' end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('ZADD', KEYS[2], string.format('%.0f', now), KEYS[1])
redis.call('ZADD', KEYS[3], 0, KEYS[1])
-- Nothing is left behind by registries that are gone.
for i = 2, 3 do
  if redis.call('PTTL', KEYS[i]) < lifetime then redis.call('PEXPIRE', KEYS[i], lifetime * 2) end
end
return answer
`;

/**
 * Reads instances. KEYS: the times, then keys of instances. Answers key, URL, what is left of its life in milliseconds
 * (negative: for ever), and when a registry heard of it last, for each that is there.
 */
export const READ: string = `
local urls = redis.call('MGET', unpack(KEYS, 2))
local rows = {}
for i = 2, #KEYS do
  if urls[i - 1] then
    local seen = redis.call('ZSCORE', KEYS[1], KEYS[i])
    rows[#rows + 1] = {KEYS[i], urls[i - 1], redis.call('PTTL', KEYS[i]), seen}
  end
end
return rows
`;
