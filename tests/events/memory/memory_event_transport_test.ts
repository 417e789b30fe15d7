import { assertEquals, assertFalse, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  createEvent,
  MemoryEventBroker,
  MemoryEventTransport,
  type MemoryEventTransportOptions,
} from "@gemstone/gemstone/events";
import { createMemoryLogger } from "../../support/service.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { start, stop } from "./fixture.ts";

for (
  const [name, options, error] of [
    ["a broker that is none", { broker: {} }, TypeError],
    ["a retry delay that is no array", { retryDelaysMs: 5 }, TypeError],
    ["no retry delays", { retryDelaysMs: [] }, RangeError],
    ["21 retry delays", { retryDelaysMs: Array(21).fill(1) }, RangeError],
    ["a retry delay of 0", { retryDelaysMs: [1, 0] }, RangeError],
    ["a retry delay of more than a day", { retryDelaysMs: [86_400_001] }, RangeError],
    ["a retry delay that is text", { retryDelaysMs: ["5"] }, TypeError],
    ["a queue of length 0", { maxQueueLength: 0 }, RangeError],
    ["a queue of no length", { maxQueueLength: NaN }, RangeError],
    ["a queue without a bound", { maxQueueLength: Infinity }, RangeError],
    ["a size that is text", { maxEventBytes: "1" }, TypeError],
    ["a size of 0", { maxEventBytes: 0 }, RangeError],
    ["options that are null", null, TypeError],
  ] as [string, unknown, typeof RangeError][]
) {
  Deno.test(`MemoryEventTransport() throws a ${error.name} for ${name}`, () => {
    assertThrows(() => new MemoryEventTransport(options as MemoryEventTransportOptions), error);
  });
}

Deno.test("MemoryEventTransport() copies its options", async () => {
  const retryDelaysMs = [1];
  const broker = new MemoryEventBroker();
  const failing = await start(broker, {
    event: "a",
    maxAttempts: 2,
    handle: () => Promise.reject(),
    retryDelaysMs,
  });
  retryDelaysMs[0] = 60_000;

  await failing.emit("a", 1);
  await broker.idle();

  assertEquals(failing.received.length, 2);
  await stop(failing);
});

Deno.test("MemoryEventTransport without a broker reaches itself only", async () => {
  const handlers: number[] = [];
  const createTransport = async (number: number) => {
    const transport = new MemoryEventTransport();
    await transport.start({ service: "service", instanceId: "1", logger: createMemoryLogger() });
    await transport.subscribe([{
      event: "a",
      settings: {
        concurrency: 1,
        prefetch: 1,
        ordered: false,
        maxAttempts: 1,
        localRetryDelaysMs: [],
        timeoutMs: 1000,
      },
      handle: () => void handlers.push(number),
    }]);
    return transport;
  };
  const [first, second] = [await createTransport(1), await createTransport(2)];

  const options = { confirm: true, requireRoute: false, timeoutMs: undefined, signal: undefined };
  await first.emit(createEvent("a", null), options);
  await first.emit(createEvent("a", null, { broadcast: false }), options);
  await waitUntil("both arrive", () => handlers.length >= 2);
  await Promise.all([first, second].map((transport) => transport.stop({ drainMs: 0 })));

  assertEquals(handlers, [1, 1]);
});

Deno.test("MemoryEventTransport.start() rejects while it runs, and works after stop()", async () => {
  const broker = new MemoryEventBroker();
  const instance = await start(broker);
  const setup = { service: "other", instanceId: "2", logger: createMemoryLogger() };

  await assertRejects(() => instance.transport.start(setup), TypeError, 'service "other"');
  const stopping = stop(instance);
  await instance.transport.start(setup);

  await stopping;
  assertEquals(instance.transport.health().state, "up");
  await stop(instance);
});

Deno.test("MemoryEventTransport.subscribe() rejects before start(), twice, and after stop()", async () => {
  const broker = new MemoryEventBroker();
  const idle = new MemoryEventTransport({ broker });
  const instance = await start(broker, { event: "a" });

  await assertRejects(() => idle.subscribe([]), TypeError, "does not run");
  await assertRejects(() => instance.transport.subscribe([]), TypeError, "twice");
  await stop(instance);
  await assertRejects(() => instance.transport.subscribe([]), TypeError, "does not run");
});

Deno.test("MemoryEventTransport dead-letters what is no JSON, as it came and without a try", async () => {
  const broker = new MemoryEventBroker();
  const instance = await start(broker, { event: "a" });
  const event = { ...createEvent("a", null, { broadcast: false }), json: "{no json" };

  await instance.transport.emit(event, {
    confirm: true,
    requireRoute: false,
    timeoutMs: undefined,
    signal: undefined,
  });
  await instance.emit("a", "next");
  await broker.idle();

  const [letter] = await broker.deadLetters("service").list({ limit: 10 });
  assertEquals([letter?.reason, letter?.body, letter?.errorName], ["malformed", "{no json", "SyntaxError"]);
  assertEquals(instance.received.map(({ body }) => body), ["next"]);
  assertEquals(instance.transport.stats().dead, 1);
  await stop(instance);
});

Deno.test("MemoryEventTransport goes on when the logger throws", async () => {
  const broker = new MemoryEventBroker();
  const fail = () => {
    throw new Error("no space left");
  };
  const logger = { ...createMemoryLogger(), warn: fail, error: fail };
  const instance = await start(broker, {
    event: "a",
    concurrency: 1,
    maxAttempts: 2,
    logger,
    handle: () => Promise.reject(new Error("a fault")),
  });

  const receipt = await instance.emit("nobody", 1);
  await instance.emit("a", 1);
  await instance.emit("a", 2);
  await broker.idle();

  assertFalse(receipt.routed);
  assertEquals(instance.transport.stats().dead, 2);
  assertEquals(instance.transport.stats().running, 0);
  await stop(instance);
});

Deno.test("MemoryEventTransport warns once of each name that nobody handles, and of 100 names at most", async () => {
  const broker = new MemoryEventBroker();
  const instance = await start(broker);

  for (let number = 0; number < 300; number++) await instance.emit(`name_${number % 150}`, 1);
  await instance.emit("shout", 1, { broadcast: true });

  assertEquals(instance.transport.stats().unrouted, 300);
  assertEquals(instance.logger.records.length, 100);
  assertEquals(
    instance.logger.records[0]!.message,
    'No service has ever handled event "name_0": it goes to nobody',
  );
  await stop(instance);
});

Deno.test("MemoryEventTransport.emit() rejects with what its signal says, and sends nothing", async () => {
  const broker = new MemoryEventBroker();
  const instance = await start(broker, { event: "a" });
  const reason = { any: "thing" };

  const error = await assertRejects(
    () => instance.emit("a", 1, { signal: AbortSignal.abort(reason) }),
    Error,
  );

  assertStrictEquals(error.cause, reason);
  assertEquals(instance.transport.stats().emitted, 0);
  await broker.idle();
  assertEquals(instance.received, []);
  await stop(instance);
});
