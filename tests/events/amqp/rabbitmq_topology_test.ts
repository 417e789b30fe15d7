/** The transport when exchanges and queues are other than wanted, or given. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { TopologyConflictError } from "../../../src/errors.ts";
import { withChannel } from "../../support/raw_amqp.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { brokerTest } from "./transport_fixture.ts";

brokerTest(
  "RabbitMqEventTransport.start() and subscribe() reject when something is in the way",
  async (space) => {
    const transport = space.create("a");
    const { topology } = transport;
    await withChannel(space.url, (channel) => channel.assertExchange(topology.names.events, "fanout"));

    const error = await assertRejects(
      () => transport.start(),
      TopologyConflictError,
      "type is fanout, and topic is wanted",
    );
    assertEquals(error.object, `exchange "${topology.names.events}"`);
    assertEquals(transport.statuses.at(-2), { state: "failed", error });

    await withChannel(space.url, async (channel) => {
      await channel.deleteExchange(topology.names.events);
      await channel.assertQueue(topology.groupQueue("a", space.event));
    });
    await transport.start();
    const conflict = await assertRejects(() => transport.handle(), TopologyConflictError);
    assertEquals(conflict.object, `queue "${topology.groupQueue("a", space.event)}"`);
    assertEquals(transport.transport.health().state, "degraded");
    assertEquals((await transport.emit(1)).confirmed, true);
  },
);

brokerTest(
  "RabbitMqEventTransport without waitForBroker is degraded while something is in the way",
  async (space) => {
    const transport = space.create("a", { waitForBroker: false });
    await withChannel(
      space.url,
      (channel) => channel.assertExchange(transport.topology.names.events, "fanout"),
    );

    await transport.start();
    await waitUntil(
      "it has met the conflict",
      () => transport.statuses.some(({ state }) => state === "down"),
    );

    const health = transport.transport.health();
    const down = transport.statuses.find(({ state }) => state === "down");
    assertEquals(health.state, "degraded");
    assertMatch(String(health.reason), /Cannot declare exchange/);
    assertEquals(down?.state === "down" && down.nextRetryMs, 30_000);
  },
);

brokerTest(
  "RabbitMqEventTransport works with topology none and check on what another has declared",
  async (space) => {
    const first = await space.start("a");
    await first.handle();
    await first.stop();

    for (const topology of ["none", "check"] as const) {
      const transport = await space.start("a", { topology });
      await transport.handle();
      await transport.emit(`${topology} group`);
      await transport.emit(`${topology} broadcast`, { broadcast: true });

      assertEquals((await transport.bodies(2)).sort(), [`${topology} broadcast`, `${topology} group`]);
      await transport.stop();
    }
  },
);

brokerTest("RabbitMqEventTransport with topology check says what is missing", async (space) => {
  const transport = space.create("a", { topology: "check" });

  await assertRejects(() => transport.start(), TopologyConflictError, 'Cannot find exchange "');
});
