/** The transport when its connections are lost. */
import { assert, assertEquals } from "@std/assert";
import { createGate } from "../../support/gate.ts";
import { inspectQueue } from "../../support/raw_amqp.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { brokerTest, startProxy } from "./transport_fixture.ts";

for (const [name, cut] of [["reset", "resetAll"], ["ended", "endAll"]] as const) {
  brokerTest(
    `RabbitMqEventTransport goes on after its connections were ${name}, and tells one loss`,
    async (space) => {
      const { proxy, proxyUrl } = await startProxy(space);
      await using _proxy = proxy;
      const transport = await space.start("a", {}, proxyUrl);
      await transport.handle();

      for (let round = 1; round <= 5; round++) {
        const emits = Array.from({ length: 20 }, (_, n) => transport.emit(`${round}.${n}`));
        proxy[cut]();
        await Promise.all(emits);
        await waitUntil("it is up", () => transport.transport.health().state === "up");
      }

      await waitUntil(
        "all are handled",
        () => new Set(transport.received.map(({ body }) => body)).size === 100,
      );
      const downs = transport.statuses.filter(({ state }) => state === "down");
      assert(downs.length >= 1 && downs.length <= 5, `${downs.length} losses told`);
      assert(
        transport.statuses.every((status, index) => status.state !== transport.statuses[index - 1]?.state),
      );
    },
  );
}

brokerTest(
  "RabbitMqEventTransport logs that broadcasts may have been missed, unless they are durable",
  async (space) => {
    const { proxy, proxyUrl } = await startProxy(space);
    await using _proxy = proxy;
    const durable = await space.start("a", { durableBroadcast: "1" }, proxyUrl);
    await durable.handle();
    proxy.resetAll();
    await waitUntil(
      "it is up again",
      () => durable.statuses.filter(({ state }) => state === "up").length >= 2,
    );
    await waitUntil("it is up again", () => durable.transport.health().state === "up");
    await durable.stop();
    assertEquals(space.logged("warn").filter((message) => message.includes("broadcasts")), []);

    const plain = await space.start("a", {}, proxyUrl);
    await plain.handle();
    proxy.resetAll();
    await waitUntil(
      "it is logged",
      () => space.logged("warn").some((message) => message.includes("broadcasts")),
    );
  },
);

brokerTest("RabbitMqEventTransport settles what a connection delivered on no other one", async (space) => {
  const { proxy, proxyUrl } = await startProxy(space);
  await using _proxy = proxy;
  const transport = await space.start("a", {}, proxyUrl);
  const gate = createGate();
  let running = 0;
  await transport.handle(() => {
    running++;
    return gate.promise;
  }, { concurrency: 50, prefetch: 50 });
  for (let n = 0; n < 20; n++) await transport.emit(n);
  await waitUntil("all run", () => running === 20);

  proxy.resetAll();
  await waitUntil(
    "it consumes again",
    () => transport.statuses.filter(({ state }) => state === "up").length > 1,
  );
  gate.resolve();

  await waitUntil(
    "the queue is empty",
    async () =>
      (await inspectQueue(space.url, transport.topology.groupQueue("a", space.event))).messages === 0,
  );
  assertEquals((await transport.stop()).drained, true);
  assertEquals(space.logged("warn").filter((message) => message.includes("406")), []);
});

brokerTest("RabbitMqEventTransport survives resets at random moments of its start", async (space) => {
  const { proxy, proxyUrl } = await startProxy(space);
  await using _proxy = proxy;

  for (let round = 0; round < 20; round++) {
    const limit = proxy.bytesDown + round * 300;
    const watch = setInterval(() => {
      if (proxy.bytesDown < limit) return;
      clearInterval(watch);
      proxy.resetAll();
    }, 0);
    const transport = await space.start("a", {}, proxyUrl);
    await transport.handle();
    await transport.emit(round);
    await waitUntil("it is handled", () => transport.received.length > 0);
    await waitUntil("it is up", () => transport.transport.health().state === "up");
    clearInterval(watch);
    await transport.stop();
  }
});
