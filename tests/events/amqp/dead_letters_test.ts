/** Dead letters at a real broker: what is said of them. */
import { assert, assertEquals, assertMatch, assertRejects, assertStrictEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { openAmqpDeadLetters } from "../../../src/events/amqp/dead_letters.ts";
import { BrokerUnavailableError } from "../../../src/errors.ts";
import { inspectQueue, withChannel } from "../../support/raw_amqp.ts";
import { findFreePort } from "../../support/tcp_port.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { bodiesOf, emitDead, openOffice, publish, waitForDead } from "./dead_letter_fixture.ts";
import { brokerTest } from "./transport_fixture.ts";

brokerTest("DeadLetterOffice.list() says all that is known of a dead event", async (space) => {
  await using office = await openOffice(space);
  await office.service.emit({ order: 7 }, { id: "the id" });
  await waitForDead(space, office, 1);

  const [letter] = await office.letters.list({ limit: 10 });

  const { id, firstFailure, lastFailure, errorStack, ...rest } = letter!;
  assertEquals(rest, {
    eventId: "the id",
    event: space.event,
    origin: `${space.namespace}.q.shop/${space.event}`,
    reason: "non_retryable",
    attempts: 1,
    errorName: "NonRetryableError",
    errorMessage: 'no stock for {"order":7}',
    body: '{"order":7}',
    isText: true,
  });
  assertMatch(id, /^[0-9a-f]{16}$/);
  assertMatch(errorStack!, /no stock/);
  assertStrictEquals(firstFailure, lastFailure);
  assert(Math.abs(Date.parse(lastFailure!) - Date.now()) < 60_000);
});

brokerTest(
  "DeadLetterOffice.list() counts the attempts, and has the times of the first and the last",
  async (space) => {
    const fails = (): never => {
      throw new Error("no stock");
    };
    await using office = await openOffice(space, fails, { maxAttempts: 3 });
    await office.service.emit(1);
    await waitForDead(space, office, 1);

    const [letter] = await office.letters.list({ limit: 1 });

    assertEquals([letter!.attempts, letter!.reason], [3, "max_attempts"]);
    assertEquals(office.service.received.map(({ attempt }) => attempt), [1, 2, 3]);
    assert(Date.parse(letter!.lastFailure!) - Date.parse(letter!.firstFailure!) >= 150);
  },
);

brokerTest("DeadLetterOffice.list() leaves everything where it is, again and again", async (space) => {
  await using office = await openOffice(space);
  const bodies = [1, 2, 3, 4, 5, 6];
  await emitDead(space, office, bodies);

  const all = await office.letters.list({ limit: 100 });

  assertEquals(bodiesOf(all), bodies.map(String));
  for (let count = 0; count < 25; count++) {
    assertEquals(await office.letters.list({ limit: 100 }), all);
  }
  assertStrictEquals((await office.letters.list({ limit: 2 })).length, 2);
  assertStrictEquals((await inspectQueue(space.url, office.queue)).messages, 6);
});

brokerTest("DeadLetterOffice.list() shows a body that is not UTF-8 in base64", async (space) => {
  await using office = await openOffice(space);
  const content = Buffer.from([0xff, 0x00]);
  await publish(space, office.service.topology.groupQueue("shop", space.event), content);
  await waitForDead(space, office, 1);

  const [letter] = await office.letters.list({ limit: 1 });

  assertEquals([letter!.reason, letter!.body, letter!.isText], ["malformed", "/wA=", false]);
  assertStrictEquals(letter!.eventId, undefined);
});

for (const limit of [0, -1, 1.5, NaN, 10_001, Infinity, "5" as never]) {
  brokerTest(`DeadLetterOffice.list() refuses limit ${typeof limit} ${limit}`, async ({ url }) => {
    const letters = await openAmqpDeadLetters(url, "nobody");

    await assertRejects(() => letters.list({ limit }), RangeError, "from 1 to 10000");
    await letters.close();
  });
}

brokerTest("openAmqpDeadLetters() finds no dead letters of a service that has never run", async (space) => {
  const letters = await openAmqpDeadLetters(space.url, "nobody", { namespace: space.namespace });

  assertEquals(await letters.list({ limit: 1 }), []);
  assertEquals([await letters.redrive("all"), await letters.drop(["a"])], [0, 0]);
  await letters.close();
  await letters.close();
  await assertRejects(() => letters.list({ limit: 1 }), BrokerUnavailableError, "closed");
});

brokerTest("DeadLetterOffice.list() knows events that the broker itself has given up", async (space) => {
  await using office = await openOffice(space, () => {});
  await office.service.stop();
  const origin = office.service.topology.groupQueue("shop", space.event);
  const forged = {
    "x-gs-origin": "elsewhere",
    "x-gs-reason": "forged",
    "x-gs-event": "forged",
    "x-gs-attempt": 3,
  };
  await publish(space, origin, Buffer.from("1"), { messageId: "m", headers: forged });
  await withChannel(space.url, async (channel) => {
    for (let count = 0; count <= 20; count++) {
      const message = await channel.get(origin);
      assert(message !== false);
      channel.reject(message, true);
    }
  });
  await waitForDead(space, office, 1);

  const [letter] = await office.letters.list({ limit: 1 });

  const { event, reason, attempts, eventId, body } = letter!;
  assertEquals({ event, origin: letter!.origin, reason, attempts, eventId, body }, {
    event: space.event,
    origin,
    reason: "delivery_limit",
    attempts: 3,
    eventId: "m",
    body: "1",
  });
  assert(Math.abs(Date.parse(letter!.lastFailure!) - Date.now()) < 60_000);
});

brokerTest("DeadLetterOffice.list() knows events whose queue is gone after their rest", async (space) => {
  const fails = (): never => {
    throw new Error("no stock");
  };
  await using office = await openOffice(space, fails, {}, [1000]);
  const origin = office.service.topology.groupQueue("shop", space.event);
  await office.service.emit(1);
  await waitUntil("it rests", () => office.service.transport.stats().retried === 1);
  await office.service.stop();
  await withChannel(space.url, (channel) => channel.deleteQueue(origin));
  await waitForDead(space, office, 1);

  const [letter] = await office.letters.list({ limit: 1 });

  assertEquals([letter!.event, letter!.origin, letter!.reason], [space.event, origin, "expired"]);
  assertEquals([letter!.attempts, letter!.errorMessage], [1, "no stock"]);
});

Deno.test("openAmqpDeadLetters() rejects when there is no broker, without the password", async () => {
  const url = `amqp://user:secret@127.0.0.1:${await findFreePort()}`;

  const error = await assertRejects(() => openAmqpDeadLetters(url, "shop"), BrokerUnavailableError);

  assertMatch(error.message, /^Cannot use the broker at amqp:\/\/user@127\.0\.0\.1:\d+: .*ECONNREFUSED/);
});

for (
  const [name, url, service, options] of [
    ["a URL of another scheme", "redis://127.0.0.1", "shop", {}],
    ["a namespace with a dot", "amqp://127.0.0.1", "shop", { namespace: "a.b" }],
    ["a service whose queues would have too long a name", "amqp://127.0.0.1", "s".repeat(300), {}],
    ["a time limit of zero", "amqp://127.0.0.1", "shop", { connection: { connectTimeoutMs: 0 } }],
  ] as const
) {
  Deno.test(`openAmqpDeadLetters() refuses ${name}`, async () => {
    await assertRejects(() => openAmqpDeadLetters(url, service, options), RangeError);
  });
}
