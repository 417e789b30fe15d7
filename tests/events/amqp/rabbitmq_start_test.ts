/** The transport is started while the broker is away, or does not let it in. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { BrokerUnavailableError, TransportStoppedError } from "../../../src/errors.ts";
import { EmitTimeoutError } from "../../../src/errors.ts";
import { findFreePort } from "../../support/tcp_port.ts";
import { waitUntil, within } from "../../support/wait_until.ts";
import { brokerTest } from "./transport_fixture.ts";
import { startProxy } from "./transport_fixture.ts";

brokerTest(
  "RabbitMqEventTransport.start() rejects when nobody listens, in one line without password",
  async (space) => {
    const url = `amqp://user:secret@127.0.0.1:${await findFreePort()}`;
    const transport = space.create("a", {}, url);

    const error = await assertRejects(() => transport.start(), BrokerUnavailableError);

    assertMatch(
      error.message,
      /^Cannot use the broker at amqp:\/\/user@127\.0\.0\.1:\d+: .*ECONNREFUSED.* \(4 attempts/,
    );
    assert(!JSON.stringify([error.message, space.logs, transport.statuses]).includes("secret"));
    assertEquals(transport.statuses.map(({ state }) => state), [
      "connecting",
      "down",
      "connecting",
      "failed",
      "stopped",
    ]);
    await assertRejects(() => transport.emit(1), TransportStoppedError);
  },
);

brokerTest("RabbitMqEventTransport.start() rejects at once when the password is wrong", async (space) => {
  const url = new URL(space.url);
  url.password = "wrong-secret";
  const transport = space.create("a", {}, url.href);

  const error = await assertRejects(() => transport.start(), BrokerUnavailableError, "ACCESS_REFUSED");

  assert(!error.message.includes("wrong-secret"));
  assertEquals(space.logs, []);
});

brokerTest(
  "RabbitMqEventTransport.start() rejects within its retries when the broker never answers",
  async (space) => {
    const { proxy, proxyUrl } = await startProxy(space);
    await using _proxy = proxy;
    proxy.admission = "hole";
    const connection = { connectTimeoutMs: 50, connectRetries: 1, minBackoffMs: 1, maxBackoffMs: 1 };
    const transport = space.create("a", { connection }, proxyUrl);

    await within(
      5_000,
      "it rejects",
      assertRejects(() => transport.start(), BrokerUnavailableError, "has not answered within 50 ms"),
    );

    await waitUntil("no socket is left", () => proxy.connections === 0);
  },
);

brokerTest("RabbitMqEventTransport.start() may be tried again after it rejected", async (space) => {
  const { proxy, proxyUrl } = await startProxy(space);
  await using _proxy = proxy;
  proxy.admission = "reset";
  const transport = space.create("a", {}, proxyUrl);
  await assertRejects(() => transport.start(), BrokerUnavailableError);

  proxy.heal();
  await transport.start();

  assertEquals((await transport.emit(1)).confirmed, true);
});

brokerTest(
  "RabbitMqEventTransport without waitForBroker starts at once, and what was emitted goes out later",
  async (space) => {
    const { proxy, proxyUrl } = await startProxy(space);
    await using _proxy = proxy;
    proxy.admission = "reset";
    const handler = await space.start("a");
    await handler.handle();
    const transport = space.create("b", { waitForBroker: false }, proxyUrl);
    await transport.start();
    await transport.subscribe([transport.subscription(`${space.event}.other`, () => {})]);
    const receipts = [1, 2, 3].map((n) => transport.emit(n));
    await waitUntil("it is told", () => transport.statuses.some(({ state }) => state === "down"));
    assertEquals(transport.transport.health().state, "down");

    proxy.heal();

    assertEquals((await Promise.all(receipts)).map(({ attempts }) => attempts), [1, 1, 1]);
    assertEquals(await handler.bodies(3), [1, 2, 3]);
    await waitUntil("it is up", () => transport.transport.health().state === "up");
  },
);

brokerTest(
  "RabbitMqEventTransport.emit() rejects when the broker does not come back in time",
  async (space) => {
    const transport = space.create("a", { waitForBroker: false }, `amqp://127.0.0.1:${await findFreePort()}`);
    await transport.start();

    const error = await assertRejects(() => transport.emit(1, {}, { timeoutMs: 30 }), EmitTimeoutError);

    assertEquals(error.outcome, "not-sent");
  },
);
