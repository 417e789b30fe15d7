import { assertEquals, assertRejects } from "@std/assert";
import { BrokerUnavailableError } from "../../../src/errors.ts";
import type { ReceivedEvent } from "../../../src/events/event_transport.ts";
import { type RedisTapOptions, tapRedis } from "../../../src/events/redis/event_tap.ts";
import { createGate } from "../../support/gate.ts";
import { findFreePort } from "../../support/tcp_port.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { type RedisSpace, redisTest } from "./redis_space.ts";

/** Shows events while a test runs. */
async function withTap(
  space: RedisSpace,
  options: Partial<RedisTapOptions>,
  use: (seen: ReceivedEvent[]) => Promise<void>,
): Promise<void> {
  const seen: ReceivedEvent[] = [];
  const controller = new AbortController();
  const ready = createGate();
  const tap = tapRedis(space.url, {
    namespace: space.namespace,
    onEvent: (event) => seen.push(event),
    onReady: ready.resolve,
    signal: controller.signal,
    ...options,
  });
  await Promise.race([ready.promise, tap]);
  try {
    await use(seen);
  } finally {
    controller.abort();
    await tap;
  }
}

redisTest("tapRedis() shows the events of one name, and takes them from nobody", async (space) => {
  const handled: unknown[] = [];
  const transport = await space.handle("billing", ({ body }) => handled.push(body));
  await withTap(space, { event: space.event }, async (seen) => {
    await transport.emit("group", { id: "e-1", correlationId: "c" });
    await transport.emit("all", { broadcast: true });
    await transport.emitNamed(`${space.event}.other`, "other");
    await space.raw.ask("PUBLISH", space.event, '"python"');
    await waitUntil("all are seen", () => seen.length === 3 && handled.length === 3);

    assertEquals(seen.map(({ name, body, broadcast, id }) => [name, body, broadcast, id]), [
      [space.event, "group", false, "e-1"],
      [space.event, "all", true, undefined],
      [space.event, "python", true, undefined],
    ]);
    assertEquals(seen[0]!.correlationId, "c");
  });
});

redisTest("tapRedis() shows the events of all names, also those that nobody handles", async (space) => {
  const emitter = await space.start("shop");
  await withTap(space, {}, async (seen) => {
    const own = (): ReceivedEvent[] => seen.filter(({ name }) => name.startsWith(space.event));
    await emitter.emitNamed(`${space.event}.a`, 1);
    await emitter.emitNamed(`${space.event}.b`, 2, { broadcast: true });
    await space.raw.ask("PUBLISH", `${space.event} no name`, "3");
    await space.raw.ask("PUBLISH", `__${space.event}`, "4");
    await emitter.emitNamed(`${space.event}.c`, 5);
    await waitUntil("all are seen", () => own().length === 3);

    assertEquals(own().map(({ name, body, broadcast }) => [name.slice(-1), body, broadcast]), [
      ["a", 1, false],
      ["b", 2, true],
      ["c", 5, false],
    ]);
  });
});

redisTest("tapRedis() says what is no event, and goes on", async (space) => {
  const unreadable: [string, string][] = [];
  const options: Partial<RedisTapOptions> = {
    event: space.event,
    onUnreadable: (name, error) => unreadable.push([name, (error as Error).message]),
  };
  await withTap(space, options, async (seen) => {
    await space.raw.ask("PUBLISH", space.event, "{");
    await space.raw.ask("PUBLISH", `${space.namespace}/tap/${space.event}`, '{"specversion":"9"}');
    await space.raw.ask("PUBLISH", space.event, "1");
    await waitUntil("the event is seen", () => seen.length === 1);

    assertEquals(unreadable.map(([name]) => name), [space.event, space.event]);
  });
});

redisTest("tapRedis() rejects with what onEvent throws", async (space) => {
  const ready = createGate();
  const tap = tapRedis(space.url, {
    event: space.event,
    onEvent: () => {
      throw new Error("enough");
    },
    onReady: ready.resolve,
    signal: new AbortController().signal,
  });
  const failure = assertRejects(() => tap, Error, "enough");
  await ready.promise;

  await space.raw.ask("PUBLISH", space.event, "1");

  await failure;
});

redisTest("tapRedis() rejects when the connection is lost", async (space) => {
  const ready = createGate();
  const tap = tapRedis(space.url, {
    namespace: space.namespace,
    onEvent: () => {},
    onReady: ready.resolve,
    signal: new AbortController().signal,
  });
  const failure = assertRejects(() => tap, BrokerUnavailableError, "Lost Redis");
  await ready.promise;
  const list = String(await space.raw.text("CLIENT", "LIST", "TYPE", "pubsub"));
  const ids = [...list.matchAll(new RegExp(`id=(\\d+) [^\\n]*name=${space.namespace}:tap`, "g"))].map((
    [, id],
  ) => id!);

  for (const id of ids) await space.raw.ask("CLIENT", "KILL", "ID", id);

  await failure;
});

redisTest(
  "tapRedis() does nothing when its signal has aborted, and ends when it aborts while it connects",
  async (space) => {
    const options = { onEvent: () => {}, namespace: space.namespace };
    const controller = new AbortController();

    await tapRedis(space.url, { ...options, signal: AbortSignal.abort() });
    const tap = tapRedis(space.url, { ...options, signal: controller.signal });
    controller.abort();

    assertEquals(await tap, undefined);
  },
);

Deno.test("tapRedis() refuses a name that no event can have, and says that nobody is there", async () => {
  const options = { onEvent: () => {}, signal: new AbortController().signal };
  const url = `redis://127.0.0.1:${await findFreePort()}`;

  await assertRejects(() => tapRedis(url, { ...options, event: "a b" }), TypeError);
  await assertRejects(() => tapRedis("http://h", options), RangeError);
  await assertRejects(() => tapRedis(url, options), BrokerUnavailableError, "ECONNREFUSED");
});
