/**
 * What each instance runs on the server about once a second.
 *
 * @module
 */
import { createScript, type RedisScript } from "./script.ts";

/**
 * Signs the consumer on, makes the queues and registers them, moves what is due from the retries into the queues,
 * takes over entries of consumers that have gone silent, and forgets these.
 *
 * KEYS: the living, the dead letters, then for each queue: the queue, its retries, its register, its lease.
 * ARGV: the group, the consumer of what was put back, the consumer, after how many milliseconds of silence one is
 * dead, the most retries to move at once, from how many deliveries on an entry is a suspect, how many suspects may
 * be taken, then for each queue: how many entries may be taken, whether it is ordered (1 or 0).
 *
 * Answers in how many milliseconds the next retry is due (-1 for none), then for each queue: the error or "", whether
 * we may read it (1 or 0), whether there is more to take over (1 or 0), and the entries that were taken over, each
 * with its id, the number of its deliveries, and its names and values.
 */
export const TEND: RedisScript = createScript(`
local alive, dead = KEYS[1], KEYS[2]
local group, returned, me = ARGV[1], ARGV[2], ARGV[3]
local silence, batch = tonumber(ARGV[4]), tonumber(ARGV[5])
local suspect_from, suspects = tonumber(ARGV[6]), tonumber(ARGV[7])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local next_due = -1

redis.call('ZADD', alive, now, me)
redis.call('ZREMRANGEBYSCORE', alive, '-inf', now - silence)

local function is_dead(name)
  return name == returned or not redis.call('ZSCORE', alive, name)
end

local function list_consumers(queue)
  local replies = redis.pcall('XINFO', 'CONSUMERS', queue, group)
  local consumers = {}
  if replies.err then
    redis.call('XGROUP', 'CREATE', queue, group, '0', 'MKSTREAM')
    return consumers
  end
  for _, reply in ipairs(replies) do
    local consumer = {}
    for i = 1, #reply, 2 do consumer[reply[i]] = reply[i + 1] end
    consumers[#consumers + 1] = consumer
  end
  return consumers
end

local function lease_to_me(lease, consumers)
  local owner = redis.call('GET', lease)
  if owner and owner ~= me and not is_dead(owner) then return 0 end
  -- Also when a lease got lost: what another one handles comes first.
  for _, consumer in ipairs(owner ~= me and consumers or {}) do
    if consumer.name ~= me and consumer.pending > 0 and not is_dead(consumer.name) then return 0 end
  end
  redis.call('SET', lease, me, 'PX', silence)
  return 1
end

local function move_due(queue, retry)
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', retry, '-inf', now, 'LIMIT', 0, batch)) do
    local ok, fields = pcall(cmsgpack.unpack, member)
    if ok and type(fields) == 'table' and #fields > 2 and #fields % 2 == 1 then
      redis.call('XADD', queue, '*', unpack(fields, 2))
    else
      redis.call('XADD', dead, '*', 'origin', queue, 'reason', 'malformed', 'entry.event', member)
    end
    redis.call('ZREM', retry, member)
  end
  local first = redis.call('ZRANGE', retry, 0, 0, 'WITHSCORES')
  if first[2] then
    local due = math.max(0, math.ceil(tonumber(first[2]) - now))
    if next_due < 0 or due < next_due then next_due = due end
  end
end

local function take(queue, name, entries, room)
  local left = 0
  for _, pending in ipairs(redis.call('XPENDING', queue, group, '-', '+', room + 100, name)) do
    local id, deliveries = pending[1], pending[4] + 1
    local is_suspect = deliveries >= suspect_from
    if #entries >= room or is_suspect and suspects == 0 then
      left = 1
    else
      local entry = redis.call('XCLAIM', queue, group, me, 0, id, 'RETRYCOUNT', deliveries)[1]
      if entry then
        entries[#entries + 1] = {id, deliveries, entry[2]}
        if is_suspect then suspects = suspects - 1 end
      else
        redis.call('XACK', queue, group, id)
      end
    end
  end
  return left
end

local function tend(n)
  local queue, retry, register, lease = unpack(KEYS, 3 + 4 * n, 6 + 4 * n)
  local room, is_ordered = tonumber(ARGV[8 + 2 * n]), ARGV[9 + 2 * n] == '1'
  local consumers = list_consumers(queue)
  redis.call('SADD', register, queue)
  move_due(queue, retry)
  local may_read = is_ordered and lease_to_me(lease, consumers) or 1
  local entries, left = {}, 0
  for _, consumer in ipairs(may_read == 1 and consumers or {}) do
    local name = consumer.name
    if name ~= me and is_dead(name) then
      if consumer.pending > 0 then
        left = math.max(left, take(queue, name, entries, room))
      elseif name ~= returned then
        redis.call('XGROUP', 'DELCONSUMER', queue, group, name)
      end
    end
  end
  return {'', may_read, left, entries}
end

local answer = {-1}
for n = 0, (#KEYS - 2) / 4 - 1 do
  local ok, result = pcall(tend, n)
  if ok then
    answer[#answer + 1] = result
  else
    answer[#answer + 1] = {type(result) == 'table' and result.err or tostring(result), 0, 0, {}}
  end
end
answer[1] = next_due
return answer
`);
