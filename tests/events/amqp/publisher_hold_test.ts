/** Messages that are held back until their exchange is there. */
import { assertEquals, assertInstanceOf } from "@std/assert";
import { EmitAbortedError, EmitTimeoutError, EventBufferFullError } from "../../../src/errors.ts";
import { createGate } from "../../support/gate.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { createPublisher } from "./scripted_channel.ts";
import { brokerTest, startProxy } from "./transport_fixture.ts";

Deno.test("publish() holds a message back, and what comes after it, until it is ready", async () => {
  using bench = createPublisher();
  const channel = bench.attach();
  const { promise: ready, resolve: open } = createGate();
  const promises = [bench.publish("1"), bench.publish("2", { ready }), bench.publish("3")];
  assertEquals(channel.ids, ["1"]);

  open();
  await ready;

  assertEquals(channel.ids, ["1", "2", "3"]);
  channel.confirmAll();
  await Promise.all(promises);
});

Deno.test("publish() holds a message back that gets its place in the buffer later", async () => {
  using bench = createPublisher({ windowEvents: 1, bufferEvents: 1, onFull: "wait" });
  const channel = bench.attach();
  const { promise: ready, resolve: open } = createGate();
  const promises = [
    bench.publish("1"),
    bench.publish("2"),
    bench.publish("3", { ready }),
    bench.publish("4"),
  ];
  channel.confirm("1");
  channel.confirm("2");
  assertEquals(channel.ids, ["1", "2"]);

  open();
  await ready;
  for (const id of ["3", "4"]) channel.confirm(id);

  assertEquals(channel.ids, ["1", "2", "3", "4"]);
  await Promise.all(promises);
});

Deno.test("publish() holds a message back also over a new channel", async () => {
  using bench = createPublisher();
  const { promise: ready, resolve: open } = createGate();
  const promise = bench.publish("1", { ready });
  bench.attach().close(() => bench.publisher.detach());
  const channel = bench.attach();
  assertEquals(channel.ids, []);

  open();
  await ready;
  channel.confirmAll();

  await promise;
});

Deno.test("publish() lets others pass when one that is held back is given up", async () => {
  using bench = createPublisher();
  const channel = bench.attach();
  const { promise: ready, resolve: open } = createGate();
  const controller = new AbortController();
  const held = bench.publish("1", { ready, signal: controller.signal });
  const other = bench.publish("2");

  controller.abort();

  const error = await held.catch((error) => error);
  assertInstanceOf(error, EmitAbortedError);
  assertEquals([error.outcome, channel.ids], ["not-sent", ["2"]]);
  channel.confirmAll();
  await other;
  open();
  await ready;
  assertEquals(channel.ids, ["2"]);
});

brokerTest(
  "RabbitMqEventTransport with compat keeps its limits while an exchange is declared",
  async (space) => {
    const { proxy, proxyUrl } = await startProxy(space);
    await using _proxy = proxy;
    const options = { compat: "gemstone", publishing: { bufferEvents: 3 } } as const;
    const transport = await space.start("a", options, proxyUrl);
    proxy.up = "stall";
    const controller = new AbortController();

    const late = transport.emit(1, {}, { timeoutMs: 20 }).catch((error) => error);
    const early = await transport.emit(2, {}, { confirm: false });
    const aborted = transport.emit(3, {}, { signal: controller.signal }).catch((error) => error);
    const full = await transport.emit(4).catch((error) => error);
    controller.abort();

    assertInstanceOf(await late, EmitTimeoutError);
    assertInstanceOf(await aborted, EmitAbortedError);
    assertInstanceOf(full, EventBufferFullError);
    assertEquals([early.confirmed, transport.transport.stats().pending], [false, 1]);
    proxy.heal();
    await waitUntil("it is confirmed", () => transport.transport.stats().confirmed === 1);
  },
);

brokerTest(
  "RabbitMqEventTransport with compat flushes events whose exchange is being declared",
  async (space) => {
    const transport = await space.start("a", { compat: "gemstone" });
    const emit = transport.emit(1);

    const report = await transport.stop();

    assertEquals(report, { drained: true, unfinishedHandlers: 0, unsentEvents: 0 });
    assertEquals((await emit).confirmed, true);
  },
);
