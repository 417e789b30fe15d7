import { assert, assertEquals, assertLess } from "@std/assert";
import { createGate } from "../../support/gate.ts";
import { pause, waitUntil } from "../../support/wait_until.ts";
import { redisTest, toSubscription } from "./redis_space.ts";

redisTest(
  "RedisEventTransport fetches no more than prefetch and runs no more than concurrency",
  async (space) => {
    const gate = createGate();
    let [running, most] = [0, 0];
    const transport = await space.handle(
      "billing",
      async () => {
        most = Math.max(most, ++running);
        await gate.promise;
        running--;
      },
      {},
      { concurrency: 3, prefetch: 8 },
    );

    await Promise.all(Array.from({ length: 30 }, (_, i) => transport.emit(i)));
    await waitUntil("three run", () => running === 3);
    await waitUntil("all that may be is fetched", async () => await pendingCount() === 8);
    gate.resolve();
    await waitUntil("all are handled", () => transport.transport.stats().handled === 30);

    assertEquals(most, 3);

    async function pendingCount(): Promise<unknown> {
      const [count] = await space.raw.text("XPENDING", space.queue("billing"), "gemstone") as [number];
      assert(count <= 8, `${count} are fetched`);
      return count;
    }
  },
);

redisTest("RedisEventTransport reads a queue that has room while it waits at another", async (space) => {
  const gate = createGate();
  const handled: string[] = [];
  const transport = await space.start("billing");
  await transport.transport.subscribe([
    toSubscription(`${space.event}.slow`, async () => {
      await gate.promise;
      handled.push("slow");
    }, { concurrency: 1, prefetch: 1 }),
    toSubscription(`${space.event}.quick`, () => handled.push("quick")),
  ]);

  await transport.emitNamed(`${space.event}.slow`, 1);
  await transport.emitNamed(`${space.event}.slow`, 2);
  await transport.emitNamed(`${space.event}.quick`, 3);
  await waitUntil("the quick one is handled", () => handled.length === 1);
  const started = performance.now();
  gate.resolve();
  await waitUntil("the slow ones are handled", () => handled.length === 3);

  assertEquals(handled, ["quick", "slow", "slow"]);
  assertLess(performance.now() - started, 1000, "the question that blocked was ended");
});

redisTest("RedisEventTransport does not keep one event waiting for the backlog of another", async (space) => {
  const names = [`${space.event}.many`, `${space.event}.one`] as const;
  let many = 0;
  let before: number | undefined;
  const subscriptions = [
    toSubscription(names[0], async () => {
      await pause(1);
      many++;
    }, { concurrency: 4, prefetch: 8 }),
    toSubscription(names[1], () => {
      before = many;
    }),
  ];
  const emitter = await space.start("shop");
  const first = await space.start("billing");
  await first.transport.subscribe(subscriptions);
  await first.stop();
  await Promise.all(Array.from({ length: 2000 }, (_, i) => emitter.emitNamed(names[0], i)));

  const second = await space.start("billing");
  await second.transport.subscribe(subscriptions);
  await waitUntil("the backlog shrinks", () => many > 50);
  await emitter.emitNamed(names[1], 1);
  await waitUntil("the other event is handled", () => before !== undefined);
  await second.stop();

  assertLess(before!, 1000);
});
