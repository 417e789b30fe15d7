/**
 * What runs on the server when an event is emitted or ends as a dead letter.
 *
 * @module
 */
import { createScript, type RedisScript } from "./script.ts";

/**
 * Puts a group event into the queues of all services, or into none when one of them is full.
 *
 * KEYS: the set of queues. ARGV: the longest queue or 0, the channel to watch, the event.
 * Answers the number of queues; or "full", a queue, its length; or "failed", a queue, the error.
 */
export const EMIT: RedisScript = createScript(`
local queues = redis.call('SMEMBERS', KEYS[1])
local limit = tonumber(ARGV[1])
if limit > 0 then
  for _, queue in ipairs(queues) do
    local length = redis.pcall('XLEN', queue)
    if type(length) == 'number' and length >= limit then return {'full', queue, length} end
  end
end
local failed
for _, queue in ipairs(queues) do
  local reply = redis.pcall('XADD', queue, '*', 'event', ARGV[3])
  if type(reply) == 'table' and reply.err then failed = failed or {'failed', queue, reply.err} end
end
redis.pcall('PUBLISH', ARGV[2], ARGV[3])
return failed or #queues
`);

/**
 * Keeps a dead letter that is in no queue, unless there are too many.
 *
 * KEYS: the dead letters. ARGV: the most of them, then names and values. Answers whether it was kept.
 */
export const BURY: RedisScript = createScript(`
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('XADD', KEYS[1], '*', unpack(ARGV, 2))
return 1
`);

/**
 * Puts dead letters back into their queues, as they were before their first delivery.
 *
 * KEYS: the dead letters. ARGV: what their queues begin with, from which id and to which, how many at most. Answers
 * how many were looked at, how many were put back, the last id; one whose queue is not there, or is not a queue of
 * the service, stays.
 */
export const REDRIVE: RedisScript = createScript(`
local own = {attempt = true, first_failure = true, last_failure = true}
local moved, last = 0, ''
local letters = redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[3], 'COUNT', ARGV[4])
for _, letter in ipairs(letters) do
  local origin
  local entry = {}
  for i = 1, #letter[2], 2 do
    local name, value = letter[2][i], letter[2][i + 1]
    local field = string.match(name, '^entry%.(.*)$')
    if name == 'origin' then
      origin = value
    elseif field and not own[field] then
      entry[#entry + 1] = field
      entry[#entry + 1] = value
    end
  end
  last = letter[1]
  if origin and #entry > 0 and string.sub(origin, 1, #ARGV[1]) == ARGV[1]
    and redis.call('TYPE', origin).ok == 'stream' then
    redis.call('XADD', origin, '*', unpack(entry))
    redis.call('XDEL', KEYS[1], last)
    moved = moved + 1
  end
end
return {#letters, moved, last}
`);
