/** The transport is stopped while the broker is away, or does not answer. */
import { assertEquals, assertInstanceOf } from "@std/assert";
import { TransportStoppedError } from "../../../src/errors.ts";
import { findFreePort } from "../../support/tcp_port.ts";
import { waitUntil, within } from "../../support/wait_until.ts";
import { brokerTest } from "./transport_fixture.ts";
import { startProxy } from "./transport_fixture.ts";

brokerTest("RabbitMqEventTransport.stop() ends it while it connects, and start() rejects", async (space) => {
  const { proxy, proxyUrl } = await startProxy(space);
  await using _proxy = proxy;
  proxy.admission = "hole";
  const transport = space.create("a", {}, proxyUrl);
  const started = transport.start().catch((error) => error);
  await waitUntil("it connects", () => proxy.connections === 1);

  const report = await within(2_000, "it stops", transport.stop());

  assertEquals(report, { drained: true, unfinishedHandlers: 0, unsentEvents: 0 });
  assertInstanceOf(await started, TransportStoppedError);
  await waitUntil("no socket is left", () => proxy.connections === 0);
});

brokerTest(
  "RabbitMqEventTransport.stop() under a black hole returns in time, and rejects what was on its way",
  async (space) => {
    const { proxy, proxyUrl } = await startProxy(space);
    await using _proxy = proxy;
    const transport = await space.start("a", {}, proxyUrl);
    await transport.handle();
    await transport.emit(1);
    await transport.bodies(1);
    proxy.blackHole();
    const emits = [2, 3].map((n) => transport.emit(n).catch((error) => error));

    const report = await within(8_000, "it stops", transport.stop(200));

    assertEquals(report, { drained: false, unfinishedHandlers: 0, unsentEvents: 2 });
    for (const error of await Promise.all(emits)) {
      assertInstanceOf(error, TransportStoppedError);
      assertEquals(error.outcome, "unknown");
    }
  },
);

brokerTest(
  "RabbitMqEventTransport.stop() in the background of a broker that is away, with events in the buffer",
  async (space) => {
    const transport = space.create("a", { waitForBroker: false }, `amqp://127.0.0.1:${await findFreePort()}`);
    await transport.start();
    await transport.handle();
    const emit = transport.emit(1).catch((error) => error);

    const report = await within(2_000, "it stops", transport.stop(100));

    assertEquals(report, { drained: false, unfinishedHandlers: 0, unsentEvents: 1 });
    assertEquals((await emit).outcome, "not-sent");
    assertEquals(transport.statuses.at(-1), { state: "stopped" });
  },
);

brokerTest("RabbitMqEventTransport.stop() twice, at once and after each other", async (space) => {
  const transport = await space.start("a");
  await transport.handle();

  const reports = await Promise.all([transport.stop(), transport.stop()]);
  reports.push(await transport.stop());

  assertEquals(reports.map(({ drained }) => drained), [true, true, true]);
});
