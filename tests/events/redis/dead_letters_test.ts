import { assert, assertEquals, assertRejects } from "@std/assert";
import { BrokerUnavailableError, NonRetryableError } from "../../../src/errors.ts";
import type { DeadLetterOffice } from "../../../src/events/dead_letter.ts";
import { openRedisDeadLetters } from "../../../src/events/redis/dead_letters.ts";
import { findFreePort } from "../../support/tcp_port.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { type RedisSpace, redisTest, type TestTransport } from "./redis_space.ts";

/** Makes so many dead letters of the service `billing`, with the numbers from 0. */
async function makeDead(space: RedisSpace, count: number): Promise<TestTransport> {
  const transport = await space.handle("billing", () => {
    throw new NonRetryableError("dead");
  });
  for (let i = 0; i < count; i++) await transport.emit(i, { id: `e-${i}` });
  await waitUntil("all are dead", () => transport.transport.stats().dead === count);
  await transport.stop();
  return transport;
}

async function withOffice(
  space: RedisSpace,
  use: (office: DeadLetterOffice) => Promise<void>,
): Promise<void> {
  const office = await openRedisDeadLetters(space.url, "billing", { namespace: space.namespace });
  try {
    await use(office);
  } finally {
    await office.close();
    await office.close();
  }
}

redisTest("openRedisDeadLetters() lists the oldest first, and leaves them where they are", async (space) => {
  await makeDead(space, 120);
  await withOffice(space, async (office) => {
    const first = await office.list({ limit: 3 });
    const all = await office.list({ limit: 1000 });

    assertEquals(first.map(({ body, eventId }) => [body, eventId]), [["0", "e-0"], ["1", "e-1"], [
      "2",
      "e-2",
    ]]);
    assertEquals(all.map(({ body }) => body), Array.from({ length: 120 }, (_, i) => String(i)));
    assertEquals(all.slice(0, 3), first);
    assertEquals(new Set(all.map(({ id }) => id)).size, 120);
  });
});

redisTest("openRedisDeadLetters() finds nothing of a service that Redis does not know", async (space) => {
  await withOffice(space, async (office) => {
    assertEquals(await office.list({ limit: 10 }), []);
    assertEquals(await office.redrive("all"), 0);
    assertEquals(await office.drop("all"), 0);
    assertEquals(await office.redrive(["1-1"]), 0);
    assertEquals(await office.drop(["1-1"]), 0);
  });
});

redisTest(
  "DeadLetterOffice.redrive() delivers letters once more, with a new count of attempts",
  async (space) => {
    await makeDead(space, 3);
    const handled: [unknown, number, string | undefined][] = [];
    await space.handle("billing", ({ body, attempt, id }) => handled.push([body, attempt, id]));
    await withOffice(space, async (office) => {
      const [, second] = await office.list({ limit: 10 });

      const one = await office.redrive([second!.id, second!.id, "no id", "__proto__"]);
      await waitUntil("it is handled", () => handled.length === 1);
      const again = await office.redrive([second!.id]);
      const others = await office.redrive("all");
      await waitUntil("the others are handled", () => handled.length === 3);

      assertEquals([one, again, others], [1, 0, 2]);
      assertEquals(handled, [[1, 1, "e-1"], [0, 1, "e-0"], [2, 1, "e-2"]]);
      assertEquals(await office.list({ limit: 10 }), []);
    });
  },
);

redisTest("DeadLetterOffice.redrive() brings a broadcast to one instance, as it came", async (space) => {
  const failing = await space.handle("billing", () => {
    throw new NonRetryableError("dead");
  });
  const body = { specversion: "1.0" };
  await failing.emit(body, { broadcast: true });
  await waitUntil("it is dead", () => failing.transport.stats().dead === 1);
  await failing.stop();
  const handled: [unknown, boolean][] = [];
  for (let i = 0; i < 2; i++) {
    await space.handle("billing", ({ body, broadcast }) => handled.push([body, broadcast]));
  }

  await withOffice(space, async (office) => assertEquals(await office.redrive("all"), 1));
  await waitUntil("it is handled", () => handled.length === 1);

  assertEquals(handled, [[body, false]]);
});

redisTest("DeadLetterOffice.redrive() does not meet again what comes back meanwhile", async (space) => {
  await makeDead(space, 130);
  const still = await space.handle("billing", () => {
    throw new NonRetryableError("dead again");
  });

  await withOffice(space, async (office) => {
    const count = await office.redrive("all");
    await waitUntil("all are back", () => still.transport.stats().dead === 130);
    const letters = await office.list({ limit: 1000 });

    assertEquals(count, 130);
    assertEquals(letters.length, 130);
    assert(letters.every(({ errorMessage }) => errorMessage === "dead again"));
  });
});

const STRAY: readonly (readonly [name: string, fields: (space: RedisSpace) => string[]])[] = [
  ["whose queue is not there", (space) => ["origin", space.queue("billing", "gone"), "entry.event", "1"]],
  ["of another service", (space) => ["origin", space.queue("mail"), "entry.event", "1"]],
  ["of no queue", () => ["entry.event", "1"]],
  ["of no event", (space) => ["origin", space.queue("billing")]],
];

for (const [name, fields] of STRAY) {
  redisTest(`DeadLetterOffice.redrive() leaves a letter ${name}`, async (space) => {
    await (await space.handle("billing", () => {})).stop();
    await (await space.handle("mail", () => {})).stop();
    await space.raw.text("XADD", `${space.namespace}:dead:billing`, "*", ...fields(space));

    await withOffice(space, async (office) => {
      assertEquals(await office.redrive("all"), 0);
      assertEquals((await office.list({ limit: 10 })).length, 1);
    });
  });
}

redisTest("DeadLetterOffice.drop() deletes letters for good", async (space) => {
  await makeDead(space, 5);
  await withOffice(space, async (office) => {
    const letters = await office.list({ limit: 10 });

    const some = await office.drop([letters[1]!.id, letters[3]!.id, letters[3]!.id, "no id"]);
    const left = await office.list({ limit: 10 });
    const all = await office.drop("all");

    assertEquals([some, all], [2, 3]);
    assertEquals(left.map(({ body }) => body), ["0", "2", "4"]);
    assertEquals(await office.list({ limit: 10 }), []);
  });
});

for (const limit of [0, -1, 1.5, NaN, 10_001, "5"]) {
  redisTest(`DeadLetterOffice.list() refuses the ${typeof limit} ${limit}`, async (space) => {
    await withOffice(space, async (office) => {
      await assertRejects(() => office.list({ limit: limit as number }), RangeError, "1 to 10000");
    });
  });
}

redisTest("DeadLetterOffice says when it has been closed, or a key is in the way", async (space) => {
  await space.raw.text("SET", `${space.namespace}:dead:billing`, "mine");
  const office = await openRedisDeadLetters(space.url, "billing", { namespace: space.namespace });

  await assertRejects(() => office.list({ limit: 1 }), BrokerUnavailableError, "WRONGTYPE");
  await office.close();

  await assertRejects(() => office.list({ limit: 1 }), BrokerUnavailableError, "closed");
});

Deno.test("openRedisDeadLetters() says that nobody is there, without the password", async () => {
  const url = `redis://:s3cr3t@127.0.0.1:${await findFreePort()}`;

  const error = await assertRejects(
    () => openRedisDeadLetters(url, "billing"),
    BrokerUnavailableError,
    "ECONNREFUSED",
  );

  assert(!error.message.includes("s3cr3t"), error.message);
});
