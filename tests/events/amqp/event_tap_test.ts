/** The tap at a real broker. */
import { assertEquals, assertMatch, assertRejects, assertStrictEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { type AmqpTapOptions, tapAmqp } from "../../../src/events/amqp/event_tap.ts";
import type { ReceivedEvent } from "../../../src/events/event_transport.ts";
import { BrokerUnavailableError } from "../../../src/errors.ts";
import { FaultProxy } from "../../support/fault_proxy.ts";
import { createGate } from "../../support/gate.ts";
import { withChannel } from "../../support/raw_amqp.ts";
import { findFreePort } from "../../support/tcp_port.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { brokerTest, type TestSpace } from "./transport_fixture.ts";

function portOf({ url }: TestSpace): number {
  return Number(new URL(url).port || 5672);
}

interface Tap extends AsyncDisposable {
  readonly events: ReceivedEvent[];
  readonly unreadable: [string, string][];
  readonly ended: Promise<void>;
  stop(): void;
}

/** Begins to show events; resolves when they come. */
async function tap(space: TestSpace, options: Partial<AmqpTapOptions> = {}, url = space.url): Promise<Tap> {
  const controller = new AbortController();
  const events: ReceivedEvent[] = [];
  const unreadable: [string, string][] = [];
  const ready = createGate();
  const ended = tapAmqp(url, {
    namespace: space.namespace,
    onEvent: (event) => events.push(event),
    onUnreadable: (name, error) => unreadable.push([name, (error as Error).message]),
    onReady: ready.resolve,
    signal: controller.signal,
    ...options,
  });
  await Promise.race([ready.promise, ended]);
  return {
    events,
    unreadable,
    ended,
    stop: () => controller.abort(),
    async [Symbol.asyncDispose]() {
      controller.abort();
      await ended.catch(() => {/* the test has seen it */});
    },
  };
}

brokerTest("tapAmqp() shows all events, of both kinds, and takes them from nobody", async (space) => {
  const service = await space.start("shop");
  await service.handle();
  await using shown = await tap(space);

  await service.emit(1, { id: "first" });
  await service.emit(2, { broadcast: true });
  await service.emit(3, { name: "unheard_of" });
  await waitUntil("all are shown", () => shown.events.length === 3);

  assertEquals(
    shown.events.map(({ name, body, broadcast }) => [name, body, broadcast]),
    [[space.event, 1, false], [space.event, 2, true], ["unheard_of", 3, false]],
  );
  assertStrictEquals(shown.events[0]!.id, "first");
  assertEquals(await service.bodies(2), [1, 2]);
});

brokerTest("tapAmqp() shows the events of one name", async (space) => {
  const service = await space.start("shop");
  await using shown = await tap(space, { event: space.event });

  await service.emit(1, { name: `${space.event}.more` });
  await service.emit(2);
  await waitUntil("it is shown", () => shown.events.length > 0);

  assertEquals(shown.events.map(({ body }) => body), [2]);
});

brokerTest("tapAmqp() does not show again what is delivered again", async (space) => {
  const service = await space.start("shop");
  let calls = 0;
  await service.handle(() => {
    if (calls++ === 0) throw new Error("no stock");
  });
  await using shown = await tap(space);

  await service.emit(1);
  await waitUntil("it is handled", () => service.transport.stats().handled === 1);
  await service.emit(2);
  await waitUntil("the next one is shown", () => shown.events.length > 1);

  assertEquals(shown.events.map(({ body }) => body), [1, 2]);
});

brokerTest("tapAmqp() says what is no event, and goes on", async (space) => {
  const service = await space.start("shop");
  await using shown = await tap(space);

  await withChannel(space.url, async (channel) => {
    channel.publish(`${space.namespace}.events`, "odd", Buffer.from("no JSON"));
    await channel.checkExchange(`${space.namespace}.events`);
  });
  await service.emit(1);
  await waitUntil("the next one is shown", () => shown.events.length === 1);

  assertStrictEquals(shown.unreadable[0]![0], "odd");
  assertMatch(shown.unreadable[0]![1], /is not JSON/);
});

brokerTest("tapAmqp() resolves when its signal aborts, and leaves nothing at the broker", async (space) => {
  await space.start("shop");
  const shown = await tap(space);

  shown.stop();

  await shown.ended;
});

brokerTest("tapAmqp() does nothing when its signal has aborted", async (space) => {
  await tapAmqp(space.url, {
    onEvent() {},
    onReady() {
      throw new Error("It has begun");
    },
    signal: AbortSignal.abort(),
  });
});

brokerTest("tapAmqp() ends when its signal aborts while it connects", async (space) => {
  await using proxy = await FaultProxy.start(portOf(space));
  proxy.blackHole();
  const controller = new AbortController();

  const ended = tapAmqp(`amqp://127.0.0.1:${proxy.port}`, {
    namespace: space.namespace,
    onEvent() {},
    signal: controller.signal,
  });
  controller.abort();

  await ended;
});

brokerTest("tapAmqp() rejects with what onEvent throws", async (space) => {
  const service = await space.start("shop");
  const shown = await tap(space, {
    onEvent() {
      throw new RangeError("no screen");
    },
  });

  await service.emit(1);

  await assertRejects(() => shown.ended, RangeError, "no screen");
});

brokerTest("tapAmqp() rejects when the connection is lost", async (space) => {
  await space.start("shop");
  await using proxy = await FaultProxy.start(portOf(space));
  const shown = await tap(space, {}, `amqp://127.0.0.1:${proxy.port}`);

  proxy.resetAll();

  await assertRejects(() => shown.ended, BrokerUnavailableError, "Lost the broker at amqp://127.0.0.1:");
});

Deno.test("tapAmqp() rejects when there is no broker", async () => {
  const url = `amqp://user:secret@127.0.0.1:${await findFreePort()}`;
  const { signal } = new AbortController();

  const error = await assertRejects(() => tapAmqp(url, { onEvent() {}, signal }), BrokerUnavailableError);

  assertMatch(error.message, /^Cannot use the broker at amqp:\/\/user@127\.0\.0\.1:\d+: .*ECONNREFUSED/);
});

for (const event of ["", "a b", "*", "#", "a".repeat(129)]) {
  Deno.test(`tapAmqp() refuses event ${JSON.stringify(event.slice(0, 10))}`, async () => {
    const { signal } = new AbortController();

    await assertRejects(() => tapAmqp("amqp://127.0.0.1", { event, onEvent() {}, signal }), TypeError);
  });
}
