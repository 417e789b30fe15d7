import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { createServer } from "node:net";
import { TransportStoppedError } from "../../../src/errors.ts";
import { FaultProxy } from "../../support/fault_proxy.ts";
import { createGate } from "../../support/gate.ts";
import { findFreePort } from "../../support/tcp_port.ts";
import { pause, waitUntil, within } from "../../support/wait_until.ts";
import { type RedisSpace, redisTest } from "./redis_space.ts";
import { RedisWorkerProcess } from "./redis_worker_process.ts";

const NOTHING_LEFT = { drained: true, unfinishedHandlers: 0, unsentEvents: 0 };

redisTest("RedisEventTransport.stop() waits for running handlers, whose emits still work", async (space) => {
  const gate = createGate();
  const emitted: unknown[] = [];
  const transport = await space.handle("billing", async ({ body }) => {
    if (body !== "first") return;
    await gate.promise;
    emitted.push(await transport.emitNamed(`${space.event}.next`, "second"));
  });
  await transport.emit("first");
  await waitUntil("it runs", () => transport.transport.stats().running === 1);

  const stopping = transport.stop();
  gate.resolve();
  const report = await stopping;

  assertEquals(report, NOTHING_LEFT);
  assertEquals(emitted.length, 1);
  assertEquals(await space.raw.text("XLEN", space.queue("billing")), 0);
  await assertRejects(() => transport.emit("late"), TransportStoppedError);
});

redisTest(
  "RedisEventTransport.stop() gives up what takes too long, and the event comes again",
  async (space) => {
    const gate = createGate();
    let reason: unknown;
    const transport = await space.handle("billing", async (_event, signal) => {
      signal().addEventListener("abort", ({ target }) => reason = (target as AbortSignal).reason);
      await gate.promise;
    }, { claimIdleMs: 60_000 });
    await transport.emit("x");
    await waitUntil("it runs", () => transport.transport.stats().running === 1);

    const started = performance.now();
    const report = await transport.stop(50);
    const tookMs = performance.now() - started;
    const others: unknown[] = [];
    await space.handle("billing", ({ body }) => others.push(body), { claimIdleMs: 60_000 });
    await waitUntil("another has it", () => others.length === 1);
    gate.resolve();

    assertEquals(report, { drained: false, unfinishedHandlers: 1, unsentEvents: 0 });
    assertLess(tookMs, 1000);
    assert(reason instanceof Error);
  },
);

const STATES: readonly (readonly [
  name: string,
  play: (space: RedisSpace) => Promise<{ stop(): Promise<unknown>; report: unknown }>,
])[] = [
  [
    "before its start",
    (space) => Promise.resolve({ stop: () => space.create("shop").stop(), report: NOTHING_LEFT }),
  ],
  ["when it is idle", async (space) => {
    const transport = await space.handle("billing", () => {});
    return { stop: () => transport.stop(), report: NOTHING_LEFT };
  }],
  ["a second time", async (space) => {
    const transport = await space.handle("billing", () => {});
    await transport.stop();
    return { stop: () => transport.stop(), report: NOTHING_LEFT };
  }],
  ["twice at once", async (space) => {
    const transport = await space.handle("billing", () => {});
    const first = transport.stop();
    return { stop: async () => (await Promise.all([transport.stop(), first]))[0], report: NOTHING_LEFT };
  }],
  ["while nobody is there", async (space) => {
    const url = `redis://127.0.0.1:${await findFreePort()}`;
    const transport = await space.start("shop", { waitForBroker: false }, url);
    const emit = transport.emit(1).catch((error: TransportStoppedError) =>
      assertEquals(error.outcome, "not-sent")
    );
    return {
      stop: async () => {
        const report = await transport.stop(50);
        await emit;
        return report;
      },
      report: { drained: false, unfinishedHandlers: 0, unsentEvents: 1 },
    };
  }],
];

for (const [name, play] of STATES) {
  redisTest(`RedisEventTransport.stop() works ${name}`, async (space) => {
    const { stop, report } = await play(space);

    const started = performance.now();
    const actual = await stop();

    assertEquals(actual, report);
    assertLess(performance.now() - started, 2000);
  });
}

redisTest("RedisEventTransport.stop() works in a black hole", async (space) => {
  await using proxy = await FaultProxy.start(Number(new URL(space.url).port));
  const transport = await space.start("billing", {}, `redis://127.0.0.1:${proxy.port}`);
  await transport.handle(space.event, () => {});
  proxy.blackHole();
  const emit = transport.emit(1).catch((error: TransportStoppedError) => error);

  const started = performance.now();
  const report = await transport.stop(300);
  const error = await emit as TransportStoppedError;

  assertEquals(report.unsentEvents, 1);
  assertEquals(error.outcome, "unknown");
  assertLess(performance.now() - started, 2000);
});

redisTest("RedisEventTransport.stop() ends a start that waits for an answer", async (space) => {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => sockets.add(socket.on("error", () => {}).resume()));
  await new Promise<void>((resolve) => server.listen({ host: "127.0.0.1", port: 0 }, resolve));
  const { port } = server.address() as { port: number };
  const transport = space.create("shop", {}, `redis://127.0.0.1:${port}`);

  const starting = transport.start();
  const failure = assertRejects(() => starting, TransportStoppedError);
  await waitUntil("it connects", () => sockets.size === 1);
  const report = await within(2000, "it stops", transport.stop(100));
  await failure;

  assertEquals(report, NOTHING_LEFT);
  assertEquals(transport.states.at(-1), "stopped");
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

redisTest(
  "RedisEventTransport.stop() leaves time for what handlers emit until they are given up",
  async (space) => {
    await using proxy = await FaultProxy.start(Number(new URL(space.url).port));
    const transport = await space.start("billing", {}, `redis://127.0.0.1:${proxy.port}`);
    const emits: Promise<unknown>[] = [];
    let hasEnded = false;
    await transport.handle(space.event, async (_event, getSignal) => {
      const signal = getSignal();
      while (!signal.aborted) {
        emits.push(
          transport.emitNamed(`${space.event}.next`, 1).then(() => "sent", ({ outcome }) => outcome),
        );
        await pause(10);
      }
      hasEnded = true;
    });
    await transport.emit(1);
    await waitUntil("it runs", () => transport.transport.stats().running === 1);

    proxy.latencyMs = 150;
    const report = await transport.stop(2500);
    const outcomes = new Set(await Promise.all(emits));
    await waitUntil("the handler ends", () => hasEnded);

    assertEquals(report, { drained: false, unfinishedHandlers: 1, unsentEvents: 0 });
    assertEquals(outcomes, new Set(["sent", "not-sent"]));
  },
);

redisTest("RedisEventTransport starts again after a stop", async (space) => {
  const handled: unknown[] = [];
  const transport = await space.handle("billing", ({ body }) => handled.push(body));
  await transport.emit(1);
  await waitUntil("it is handled", () => handled.length === 1);
  await transport.stop();

  await transport.start();
  await transport.handle(space.event, ({ body }) => handled.push(["again", body]));
  await transport.emit(2);
  await waitUntil("it is handled", () => handled.length === 2);

  assertEquals(handled, [1, ["again", 2]]);
  assertEquals(transport.transport.stats().handled, 1);
});

redisTest("RedisEventTransport refuses to start or subscribe twice", async (space) => {
  const transport = await space.handle("billing", () => {});

  await assertRejects(() => transport.start(), Error, "twice");
  await assertRejects(() => transport.handle("other", () => {}), Error, "twice");
  await assertRejects(() => space.create("shop").handle("other", () => {}), Error, "not started");
});

for (
  const { name, blackHole } of [{ name: "", blackHole: false }, { name: " in a black hole", blackHole: true }]
) {
  redisTest(`a process ends by itself after RedisEventTransport.stop()${name}`, async (space) => {
    await using proxy = await FaultProxy.start(Number(new URL(space.url).port));
    await using worker = new RedisWorkerProcess({
      url: `redis://127.0.0.1:${proxy.port}`,
      options: space.options,
      event: space.event,
      takesMs: 0,
      drainMs: 500,
    });
    await worker.said(/^ready$/);

    if (blackHole) proxy.blackHole();
    const { report, exitMs, code } = await worker.stop();

    assertEquals(report, NOTHING_LEFT);
    assertEquals(code, 0);
    assertLess(exitMs, 1500);
  });
}
