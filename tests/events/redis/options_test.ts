import { assert, assertEquals, assertThrows } from "@std/assert";
import { type RedisEventOptions, resolveRedisOptions } from "../../../src/events/redis/options.ts";
import { RedisEventTransport } from "../../../src/events/redis/redis_event_transport.ts";

Deno.test("resolveRedisOptions() fills in the defaults", () => {
  const { target, ...options } = resolveRedisOptions("redis://h");

  assertEquals(target.address, "redis://h:6379/0");
  assertEquals(options, {
    namespace: "gemstone",
    waitForBroker: true,
    retryDelaysMs: [1000, 5000, 30_000, 120_000, 600_000],
    maxEventBytes: 1024 * 1024,
    claimIdleMs: 30_000,
    maxDeliveries: 20,
    maxQueueLength: 0,
    maxDeadLetters: 100_000,
    connection: {
      connectTimeoutMs: 5000,
      responseTimeoutMs: 10_000,
      connectRetries: 10,
      minBackoffMs: 100,
      maxBackoffMs: 30_000,
      tls: undefined,
    },
    publishing: { bufferEvents: 10_000, bufferBytes: 16 * 1024 * 1024, timeoutMs: 30_000 },
  });
});

Deno.test("resolveRedisOptions() keeps nothing of what it gets", () => {
  const retryDelaysMs = [1, 2];
  const options = resolveRedisOptions("redis://h", { retryDelaysMs });
  retryDelaysMs.push(3);

  assertEquals(options.retryDelaysMs, [1, 2]);
});

const WRONG:
  readonly (readonly [name: string, options: unknown, error: typeof RangeError | typeof TypeError])[] = [
    ["null", null, TypeError],
    ["an array", [], TypeError],
    ["a namespace with a colon", { namespace: "a:b" }, RangeError],
    ["an empty namespace", { namespace: "" }, RangeError],
    ["a namespace that is a number", { namespace: 1 }, TypeError],
    ["waitForBroker as text", { waitForBroker: "no" }, TypeError],
    ["no retry delays", { retryDelaysMs: [] }, RangeError],
    ["a retry delay of NaN", { retryDelaysMs: [NaN] }, RangeError],
    ["a retry delay as text", { retryDelaysMs: ["1"] }, TypeError],
    ["maxEventBytes 0", { maxEventBytes: 0 }, RangeError],
    ["claimIdleMs 1", { claimIdleMs: 1 }, RangeError],
    ["claimIdleMs Infinity", { claimIdleMs: Infinity }, RangeError],
    ["maxDeliveries 0", { maxDeliveries: 0 }, RangeError],
    ["maxQueueLength 0", { maxQueueLength: 0 }, RangeError],
    ["maxDeadLetters 0.5", { maxDeadLetters: 0.5 }, RangeError],
    ["connection null", { connection: null }, TypeError],
    ["connectRetries -1", { connection: { connectRetries: -1 } }, RangeError],
    ["maxBackoffMs below minBackoffMs", { connection: { minBackoffMs: 10, maxBackoffMs: 5 } }, RangeError],
    ["tls without rediss", { connection: { tls: {} } }, RangeError],
    ["bufferEvents 0", { publishing: { bufferEvents: 0 } }, RangeError],
    ["a buffer for no event", { publishing: { bufferBytes: 10 }, maxEventBytes: 11 }, RangeError],
  ];

for (const [name, options, errorClass] of WRONG) {
  Deno.test(`new RedisEventTransport() refuses ${name}`, () => {
    const error = assertThrows(
      () => new RedisEventTransport("redis://:secret@h", options as RedisEventOptions),
      errorClass,
    );

    assert(error.message.startsWith("Cannot use "), error.message);
    assert(!error.message.includes("secret"), error.message);
  });
}
