import { assertEquals } from "@std/assert";
import { RedisKeys } from "../../../src/events/redis/keys.ts";
import { TEND } from "../../../src/events/redis/tend_script.ts";
import { FaultProxy } from "../../support/fault_proxy.ts";
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

redisTest(
  "RedisEventTransport keeps an ordered queue to itself when its connection is cut",
  async (space) => {
    await using proxy = await FaultProxy.start(Number(new URL(space.url).port));
    const gate = createGate();
    const handled: unknown[] = [];
    const owner = await space.start("billing", {}, `redis://127.0.0.1:${proxy.port}`);
    await owner.handle(space.event, async ({ body }) => {
      await gate.promise;
      handled.push(body);
    }, { ordered: true });
    await owner.emit(1);
    await waitUntil("it runs", () => owner.transport.stats().running === 1);
    const { queue, retry, groups, lease } = new RedisKeys(space.namespace).queue("billing", space.event);
    const keys = [
      `${space.namespace}:alive:billing`,
      `${space.namespace}:dead:billing`,
      queue,
      retry,
      groups,
      lease,
    ];
    const args = ["gemstone", "~returned", "another", "30000", "1", "2", "0", "0", "1"];
    const mayRead = new Set<unknown>();

    proxy.latencyMs = 10;
    for (let cut = 1; cut <= 3; cut++) {
      proxy.resetAll();
      await waitUntil("it is back, and has ticked", async () => {
        const reply = await space.raw.text("EVAL", TEND.text, String(keys.length), ...keys, ...args);
        mayRead.add((reply as unknown[][])[1]![1]);
        return owner.states.filter((state) => state === "up").length > cut;
      });
    }
    const { running } = owner.transport.stats();
    gate.resolve();
    await waitUntil("it is settled", async () => await space.raw.text("XLEN", queue) === 0);

    assertEquals(running, 1);
    assertEquals(mayRead, new Set([0]), "nobody else may read");
    assertEquals(handled, [1]);
  },
);

redisTest("RedisEventTransport leaves an ordered queue alone when its lease got lost", async (space) => {
  const gate = createGate();
  const options = { claimIdleMs: 30_000 };
  const owner = await space.handle("billing", () => gate.promise, options, { ordered: true });
  await owner.emit(1);
  await waitUntil("it runs", () => owner.transport.stats().running === 1);
  const { lease } = new RedisKeys(space.namespace).queue("billing", space.event);

  const held = String(await space.raw.text("GET", lease));
  await space.raw.text("DEL", lease);
  await space.handle("billing", () => {}, options, { ordered: true });
  const after = await space.raw.text("GET", lease);
  gate.resolve();

  assertEquals([null, held].includes(after as string | null), true, `${after} has it`);
});
