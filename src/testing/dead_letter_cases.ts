/**
 * What the contract says of events that can not be handled.
 *
 * @module
 */
import assert from "node:assert/strict";
import { NonRetryableError } from "../errors.ts";
import type { DeadLetter, DeadLetterOffice } from "../events/dead_letter.ts";
import type { CaseDefinition } from "./contract_case.ts";
import type { ContractHandler, ContractInstance } from "./contract_instance.ts";
import type { ContractStage } from "./contract_stage.ts";

/** A handler that gives up at once, unless the body is one that it can handle. */
function createRefusing(canHandle: (body: unknown) => boolean = () => false): ContractHandler {
  return {
    handle({ body }) {
      if (!canHandle(body)) throw new NonRetryableError(`Cannot handle ${JSON.stringify(body)}`);
    },
  };
}

async function waitForLetters(
  stage: ContractStage,
  office: DeadLetterOffice,
  count: number,
): Promise<DeadLetter[]> {
  let letters: DeadLetter[] = [];
  await stage.until(`there are ${count} dead letters`, async () => {
    letters = await office.list({ limit: 100 });
    return letters.length >= count;
  });
  assert.equal(letters.length, count);
  return letters;
}

/** Emits events whose handler refuses them, and waits until they are dead letters. */
async function emitRefused(
  stage: ContractStage,
  instance: ContractInstance,
  bodies: readonly unknown[],
): Promise<{ readonly office: DeadLetterOffice; readonly letters: DeadLetter[] }> {
  const office = await stage.openDeadLetters();
  for (const body of bodies) await instance.emit(stage.event, body);
  return { office, letters: await waitForLetters(stage, office, bodies.length) };
}

/** The cases. */
export const DEAD_LETTER_CASES: readonly CaseDefinition[] = [
  {
    name: "an event is dead-lettered after `maxAttempts` deliveries, with its story",
    needs: ["groups", "delayedRetry", "deadLetter"],
    async play(stage) {
      const beforeMs = Date.now();
      const office = await stage.openDeadLetters();
      const instance = await stage.start({
        [stage.event]: {
          maxAttempts: 3,
          handle: () => Promise.reject(new RangeError("a fault of ünicode")),
        },
      });

      await instance.emit(stage.event, { a: ["ü"] }, { id: "an-id" });
      const [letter] = await waitForLetters(stage, office, 1);

      assert.deepEqual(instance.received.map(({ attempt }) => attempt), [1, 2, 3]);
      const { id, origin, errorStack, firstFailure, lastFailure, ...rest } = letter!;
      assert.deepEqual({ ...rest, body: JSON.parse(rest.body) }, {
        eventId: "an-id",
        event: stage.event,
        reason: "max_attempts",
        attempts: 3,
        errorName: "RangeError",
        errorMessage: "a fault of ünicode",
        body: { a: ["ü"] },
        isText: true,
      });
      assert.notEqual(id, "");
      assert.notEqual(origin, "");
      assert.match(errorStack!, /a fault of ünicode/);
      const [firstMs, lastMs] = [Date.parse(firstFailure!), Date.parse(lastFailure!)];
      assert.ok(
        beforeMs <= firstMs && firstMs < lastMs && lastMs <= Date.now(),
        `${firstFailure} ${lastFailure}`,
      );
      await stage.until("it is counted", () => instance.stats.dead === 1);
      assert.equal(instance.stats.retried, 2);
    },
  },
  {
    name: "an event is dead-lettered at once after a NonRetryableError",
    needs: ["groups", "deadLetter"],
    async play(stage) {
      const instance = await stage.start({
        [stage.event]: { ...createRefusing(), localRetryDelaysMs: [0, 0] },
      });

      const { letters: [letter] } = await emitRefused(stage, instance, [7]);

      assert.equal(letter!.reason, "non_retryable");
      assert.equal(letter!.attempts, 1);
      assert.equal(letter!.errorName, "NonRetryableError");
      assert.equal(letter!.errorMessage, "Cannot handle 7");
      assert.equal(letter!.body, "7");
      assert.equal(instance.received.length, 1);
    },
  },
  {
    name: "a broadcast is dead-lettered, too",
    needs: ["broadcast", "deadLetter"],
    async play(stage) {
      const office = await stage.openDeadLetters();
      const instance = await stage.start({ [stage.event]: createRefusing() });

      await instance.broadcast(stage.event, 7);
      const [letter] = await waitForLetters(stage, office, 1);

      assert.equal(letter!.event, stage.event);
      assert.equal(letter!.reason, "non_retryable");
      assert.equal(letter!.body, "7");
    },
  },
  {
    name: "dead letters are those of one service",
    needs: ["groups", "deadLetter"],
    async play(stage) {
      const otherService = stage.nameService("other");
      const other = await stage.start({ [stage.event]: {} }, otherService);
      const instance = await stage.start({ [stage.event]: createRefusing() });
      const office = await stage.openDeadLetters(otherService);

      await emitRefused(stage, instance, [7]);
      await stage.until("the other service has handled it", () => other.stats.handled === 1);

      assert.deepEqual(await office.list({ limit: 10 }), []);
    },
  },
  {
    name: "list() of dead letters reads as many as asked for and leaves them there",
    needs: ["groups", "deadLetter"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: createRefusing() });
      const { office, letters } = await emitRefused(stage, instance, [1, 2, 3]);

      const two = await office.list({ limit: 2 });
      const all = await office.list({ limit: 100 });

      assert.equal(two.length, 2);
      assert.deepEqual(new Set(all.map(({ body }) => body)), new Set(["1", "2", "3"]));
      assert.deepEqual(new Set(all.map(({ id }) => id)), new Set(letters.map(({ id }) => id)));
      assert.equal(new Set(all.map(({ id }) => id)).size, 3);
    },
  },
  {
    name: "list() of dead letters rejects a limit that is none",
    needs: ["deadLetter"],
    async play(stage) {
      const office = await stage.openDeadLetters();

      for (const limit of [0, -1, 1.5, NaN, Infinity, "1" as unknown as number]) {
        await assert.rejects(office.list({ limit }), RangeError, `limit ${limit} is taken`);
      }
    },
  },
  {
    name: "redrive() delivers dead letters once more, with a new count of attempts",
    needs: ["groups", "deadLetter"],
    async play(stage) {
      let isMended = false;
      const instance = await stage.start({ [stage.event]: createRefusing(() => isMended) });
      const { office } = await emitRefused(stage, instance, [1, 2]);
      isMended = true;

      const count = await office.redrive("all");
      await stage.until("both are handled", () => instance.stats.handled === 2);

      assert.equal(count, 2);
      assert.deepEqual(await office.list({ limit: 10 }), []);
      assert.ok(instance.received.every(({ attempt }) => attempt === 1));
      assert.deepEqual(new Set(instance.bodies.slice(2)), new Set([1, 2]));
    },
  },
  {
    name: "redrive() of some dead letters leaves the others",
    needs: ["groups", "deadLetter"],
    async play(stage) {
      let isMended = false;
      const instance = await stage.start({ [stage.event]: createRefusing(() => isMended) });
      const { office, letters } = await emitRefused(stage, instance, [1, 2, 3]);
      const { id } = letters.find(({ body }) => body === "2")!;
      isMended = true;

      const count = await office.redrive([id, "no-such-letter"]);
      await stage.until("it is handled", () => instance.stats.handled === 1);

      assert.equal(count, 1);
      assert.equal(instance.bodies.at(-1), 2);
      const left = await office.list({ limit: 10 });
      assert.deepEqual(new Set(left.map(({ body }) => body)), new Set(["1", "3"]));
    },
  },
  {
    name: "redrive() of an event that fails again makes it a dead letter again",
    needs: ["groups", "deadLetter"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: createRefusing() });
      const { office } = await emitRefused(stage, instance, [1]);

      await office.redrive("all");
      await stage.until("it is refused again", () => instance.stats.dead === 2);

      const [letter] = await waitForLetters(stage, office, 1);
      assert.equal(letter!.body, "1");
    },
  },
  {
    name: "redrive() of a broadcast delivers it to one instance of the service",
    needs: ["groups", "broadcast", "deadLetter"],
    async play(stage) {
      let isMended = false;
      const handlers = { [stage.event]: createRefusing((body) => isMended || body === "last") };
      const instances = [await stage.start(handlers), await stage.start({ [stage.event]: {} })];
      const office = await stage.openDeadLetters();
      await instances[0]!.broadcast(stage.event, 1);
      await waitForLetters(stage, office, 1);
      await stage.until("the other one has handled it", () => instances[1]!.stats.handled === 1);
      isMended = true;

      await office.redrive("all");
      await stage.until(
        "it is handled",
        () => instances.reduce((total, { stats }) => total + stats.handled + stats.duplicates, 0) === 2,
      );
      await Promise.all(instances.map((instance) => instance.stop()));

      const total = instances.reduce((sum, { stats }) => sum + stats.handled + stats.duplicates, 0);
      assert.equal(total, 2);
    },
  },
  {
    name: "drop() deletes dead letters",
    needs: ["groups", "deadLetter"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: createRefusing() });
      const { office, letters } = await emitRefused(stage, instance, [1, 2, 3]);
      const { id } = letters.find(({ body }) => body === "2")!;

      const one = await office.drop([id, "no-such-letter"]);
      const left = await office.list({ limit: 10 });
      const two = await office.drop("all");

      assert.deepEqual([one, two], [1, 2]);
      assert.deepEqual(new Set(left.map(({ body }) => body)), new Set(["1", "3"]));
      assert.deepEqual(await office.list({ limit: 10 }), []);
      assert.equal(await office.drop("all"), 0);
    },
  },
];
