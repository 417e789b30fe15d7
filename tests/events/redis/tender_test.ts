import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { DeliveryPool } from "../../../src/events/delivery_pool.ts";
import { GroupQueue } from "../../../src/events/redis/group_queue.ts";
import { RedisKeys } from "../../../src/events/redis/keys.ts";
import { Tender } from "../../../src/events/redis/tender.ts";
import { createCounters } from "../../../src/events/transport_state.ts";
import { createMemoryLogger } from "../../support/service.ts";
import { pause, waitUntil } from "../../support/wait_until.ts";
import { FakeConnection } from "./fake_connection.ts";
import { toSubscription } from "./redis_space.ts";

const NOTHING_TO_DO = [-1, [Buffer.alloc(0), 1, 0, []]] as const;

function createBench(): { tender: Tender; queue: GroupQueue; broken: Error[] } {
  const broken: Error[] = [];
  const subscription = toSubscription("name", () => {});
  const queue = new GroupQueue({
    subscription,
    pool: new DeliveryPool(subscription, { settle: () => {}, counters: createCounters() }),
    keys: new RedisKeys("ns").queue("billing", "name"),
    maxEventBytes: 1000,
    maxDeliveries: 3,
    sink: { depart: () => {} },
  });
  const tender = new Tender({
    queues: [queue],
    aliveKey: "ns:alive:billing",
    deadKey: "ns:dead:billing",
    claimIdleMs: 300,
    logger: createMemoryLogger(),
    onTick: () => {},
    onBroken: (error) => broken.push(error),
  });
  return { tender, queue, broken };
}

Deno.test("Tender ticks on and on", async () => {
  const { tender } = createBench();
  const connection = new FakeConnection(() => NOTHING_TO_DO);

  tender.attach(connection);
  await waitUntil("it has ticked", () => connection.sent.length === 3);
  tender.detach();
  await pause(150);

  assertEquals(connection.sent.length, 3);
});

Deno.test("Tender ticks on when somebody wants a tick while one is on its way", async () => {
  const { tender } = createBench();
  const connection = new FakeConnection();
  tender.attach(connection);
  await waitUntil("it asks", () => connection.sent.length === 1);

  tender.expect(0);
  await pause(30);
  const during = connection.sent.length;
  connection.sent[0]!.resolve(NOTHING_TO_DO);
  await waitUntil("it asks again at once", () => connection.sent.length === 2, 90);
  connection.sent[1]!.resolve(NOTHING_TO_DO);
  await waitUntil("and again", () => connection.sent.length === 3);
  tender.detach();
  connection.sent[2]!.resolve(NOTHING_TO_DO);

  assertEquals(during, 1);
});

Deno.test("Tender ticks over a new connection when a tick over the old one is still on its way", async () => {
  const { tender, broken } = createBench();
  const [first, second] = [new FakeConnection(), new FakeConnection(() => NOTHING_TO_DO)];
  tender.attach(first);
  await waitUntil("it asks", () => first.sent.length === 1);

  tender.detach();
  tender.attach(second);
  await pause(30);
  first.sent[0]!.reject(new Error("Socket closed"));
  await waitUntil("it has ticked", () => second.sent.length === 2);
  tender.detach();

  assertEquals(broken, []);
});

for (
  const { name, text, isBroken } of [
    { name: "asks for a new connection when Redis is read-only", text: "READONLY no", isBroken: true },
    { name: "asks for a new connection when the answer is lost", text: "Socket closed", isBroken: true },
    { name: "goes on when Redis refuses", text: "NOPERM no", isBroken: false },
  ]
) {
  Deno.test(`Tender ${name}`, async () => {
    const { tender, queue, broken } = createBench();
    const connection = new FakeConnection();
    tender.attach(connection);
    await waitUntil("it asks", () => connection.sent.length === 1);

    connection.sent[0]!.reject(new Error(text));
    if (isBroken) {
      await waitUntil("it is told", () => broken.length === 1);
    } else {
      await waitUntil("it asks again", () => connection.sent.length === 2);
      assertEquals(queue.fault, text);
      connection.sent[1]!.resolve(NOTHING_TO_DO);
      await waitUntil("all is well", () => queue.fault === undefined);
    }
    tender.detach();

    assertEquals(broken.length, isBroken ? 1 : 0);
  });
}
