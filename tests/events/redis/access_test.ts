import { assert, assertEquals, assertRejects } from "@std/assert";
import { BrokerUnavailableError } from "../../../src/errors.ts";
import { createGate } from "../../support/gate.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { privateRedisTest, toSubscription } from "./redis_space.ts";

privateRedisTest("RedisEventTransport works for a user with few rights", async (space, redis) => {
  const rights = [
    ...[`~${space.namespace}:*`, `&${space.namespace}/tap/*`, `&${space.event}*`],
    ...[
      "-@all",
      "+@stream",
      "+@sortedset",
      "+@set",
      "+@string",
      "+@scripting",
      "+@pubsub",
      "+@read",
      "+@write",
    ],
    ...["+ping", "+auth", "+time", "+client|setname"],
  ];
  await space.raw.text("ACL", "SETUSER", "worker", "on", ">s3cr3t", ...rights);
  const url = `redis://worker:s3cr3t@127.0.0.1:${redis.port}`;
  const gate = createGate();
  const handled: string[] = [];
  const transport = await space.start("billing", {}, url);
  await transport.transport.subscribe([
    toSubscription(`${space.event}.slow`, () => gate.promise, { concurrency: 1, prefetch: 1 }),
    toSubscription(space.event, ({ broadcast }) => handled.push(broadcast ? "all" : "one")),
  ]);

  await transport.emitNamed(`${space.event}.slow`, 1);
  await transport.emitNamed(`${space.event}.slow`, 2);
  await transport.emit(3);
  await transport.emit(4, { broadcast: true });
  gate.resolve();
  await waitUntil("all are handled", () => transport.transport.stats().handled === 4);
  const report = await transport.stop();

  assertEquals(handled.sort(), ["all", "one"]);
  assertEquals(report.drained, true);
  assert(space.logger.records.some(({ message }) => message.includes("CLIENT UNBLOCK")));
});

privateRedisTest(
  "RedisEventTransport.start() rejects at once for a wrong password, and does not tell it",
  async (space, redis) => {
    await space.raw.text("CONFIG", "SET", "requirepass", "right");
    const transport = space.create("shop", {}, `redis://:s3cr3t@127.0.0.1:${redis.port}`);

    const error = await assertRejects(() => transport.start(), BrokerUnavailableError, "WRONGPASS");
    await space.raw.text("AUTH", "right");

    assert(!error.message.includes("s3cr3t"), error.message);
    assertEquals(transport.states, ["connecting", "failed"]);
  },
);
