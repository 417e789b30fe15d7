/**
 * What runs on the server when an entry of a queue is settled, and when instances come and go.
 *
 * An entry stays in its queue, owned by the instance that has read it, until one of these takes it out. So whatever
 * dies in between, it is in exactly one place: the queue, the retries or the dead letters.
 *
 * @module
 */
import { createScript, type RedisScript } from "./script.ts";

/** Entries of events have two to five fields; more than so many names and values are not copied. */
const MAX_COPIED = 1000;

/** Whether the consumer ARGV[2] of the group ARGV[1] still owns an entry of the queue KEYS[1]. */
const OWNS = `
local function owns(id)
  return #redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1, ARGV[2]) > 0
end
`;

/** Removes handled entries. KEYS: the queue. ARGV: the group, then ids. */
export const FINISH: RedisScript = createScript(`
redis.call('XACK', KEYS[1], ARGV[1], unpack(ARGV, 2))
return redis.call('XDEL', KEYS[1], unpack(ARGV, 2))
`);

/**
 * Lets an entry rest. KEYS: the queue, its retries. ARGV: the group, the consumer, the id, how long in
 * milliseconds, then names and values that replace those of the entry. Answers 0 when it is no longer ours.
 */
export const RETRY: RedisScript = createScript(`${OWNS}
local id = ARGV[3]
if not owns(id) then return 0 end
local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
if entry then
  -- The id makes the member unlike any other.
  local member, replaced = {id}, {}
  for i = 5, #ARGV, 2 do
    member[#member + 1] = ARGV[i]
    member[#member + 1] = ARGV[i + 1]
    replaced[ARGV[i]] = true
  end
  for i = 1, #entry[2], 2 do
    if not replaced[entry[2][i]] then
      member[#member + 1] = entry[2][i]
      member[#member + 1] = entry[2][i + 1]
    end
  end
  local time = redis.call('TIME')
  local due = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[4])
  redis.call('ZADD', KEYS[2], due, cmsgpack.pack(member))
end
redis.call('XACK', KEYS[1], ARGV[1], id)
redis.call('XDEL', KEYS[1], id)
return 1
`);

/**
 * Makes an entry a dead letter. KEYS: the queue, the dead letters. ARGV: the group, the consumer, the id, then names
 * and values; those of the entry follow them as they came. Answers 0 when it is no longer ours.
 */
export const KILL: RedisScript = createScript(`${OWNS}
local id = ARGV[3]
if not owns(id) then return 0 end
local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
if entry then
  local letter = {}
  for i = 4, #ARGV do letter[#letter + 1] = ARGV[i] end
  for i = 1, math.min(#entry[2], ${MAX_COPIED}), 2 do
    letter[#letter + 1] = 'entry.' .. entry[2][i]
    letter[#letter + 1] = entry[2][i + 1]
  end
  redis.call('XADD', KEYS[2], '*', unpack(letter))
end
redis.call('XACK', KEYS[1], ARGV[1], id)
redis.call('XDEL', KEYS[1], id)
return 1
`);

/**
 * Gives entries to another consumer. KEYS: the queue. ARGV: the group, the consumer, the other one, then pairs of an
 * id and the number of its deliveries so far. Answers how many were still ours.
 */
export const HAND_OVER: RedisScript = createScript(`${OWNS}
local moved = 0
for i = 4, #ARGV, 2 do
  if owns(ARGV[i]) then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[3], 0, ARGV[i], 'RETRYCOUNT', ARGV[i + 1], 'JUSTID')
    moved = moved + 1
  end
end
return moved
`);

/**
 * Ends a former name of an instance: its leases go to the present one in the same step, so that nobody finds a lease
 * whose owner is dead although the instance lives.
 *
 * KEYS: the living, then the leases. ARGV: the former name, the present one, how long a lease lasts in milliseconds.
 */
export const RENAME: RedisScript = createScript(`
for i = 2, #KEYS do
  if redis.pcall('GET', KEYS[i]) == ARGV[1] then redis.call('SET', KEYS[i], ARGV[2], 'PX', ARGV[3]) end
end
return redis.call('ZREM', KEYS[1], ARGV[1])
`);

/**
 * Signs a consumer off, so that the others take over at once what it still owns. Its leases stay until they expire:
 * that of a consumer which is not among the living binds nobody.
 *
 * KEYS: the living, then the queues. ARGV: the group, the consumer.
 */
export const LEAVE: RedisScript = createScript(`
redis.call('ZREM', KEYS[1], ARGV[2])
for i = 2, #KEYS do
  local owned = redis.pcall('XPENDING', KEYS[i], ARGV[1], '-', '+', 1, ARGV[2])
  if not owned.err and #owned == 0 then redis.pcall('XGROUP', 'DELCONSUMER', KEYS[i], ARGV[1], ARGV[2]) end
end
return 1
`);
