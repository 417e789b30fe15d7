import { assertEquals } from "@std/assert";
import { createGate } from "../../support/gate.ts";
import { pause, waitUntil } from "../../support/wait_until.ts";
import { redisTest } from "./redis_space.ts";

redisTest("RedisEventTransport handles in order, in one instance at a time", async (space) => {
  const handled: number[] = [];
  let [running, most] = [0, 0];
  for (let i = 0; i < 3; i++) {
    await space.handle(
      "billing",
      async ({ body }) => {
        most = Math.max(most, ++running);
        await pause(1);
        handled.push(body as number);
        running--;
      },
      { claimIdleMs: 2000 },
      { ordered: true },
    );
  }
  const emitter = await space.start("shop");

  for (let i = 0; i < 60; i++) await emitter.emit(i);
  await waitUntil("all are handled", () => handled.length === 60);

  assertEquals(handled, Array.from({ length: 60 }, (_, i) => i));
  assertEquals(most, 1);
});

redisTest("RedisEventTransport hands an ordered queue to another instance when one stops", async (space) => {
  const handled: [string, unknown][] = [];
  const first = await space.handle("billing", ({ body }) => handled.push(["a", body]), {}, { ordered: true });
  await space.handle("billing", ({ body }) => handled.push(["b", body]), {}, { ordered: true });
  const emitter = await space.start("shop");

  await emitter.emit(1);
  await waitUntil("it is handled", () => handled.length === 1);
  await first.stop();
  await emitter.emit(2);
  await waitUntil("the other goes on", () => handled.length === 2);

  assertEquals(handled, [["a", 1], ["b", 2]]);
});

redisTest("RedisEventTransport goes on in order with what an instance has left behind", async (space) => {
  const gate = createGate();
  const first = await space.handle("billing", () => gate.promise, {}, { ordered: true });
  for (let i = 0; i < 6; i++) await first.emit(i);
  await waitUntil("it runs", () => first.transport.stats().running === 1);
  const handled: unknown[] = [];
  await space.handle("billing", ({ body }) => handled.push(body), {}, { ordered: true });

  const { unfinishedHandlers } = await first.stop(0);
  await waitUntil("all are handled", () => handled.length === 6);
  gate.resolve();

  assertEquals(unfinishedHandlers, 1);
  assertEquals(handled, [0, 1, 2, 3, 4, 5]);
});
