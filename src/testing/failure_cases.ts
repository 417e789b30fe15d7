/**
 * What the contract says of handlers that fail.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { CaseDefinition } from "./contract_case.ts";

/** Fails as often as told, in one way or another. */
function createFailing(times: number, how: (call: number) => unknown): () => unknown {
  let calls = 0;
  return () => calls++ < times ? how(calls) : undefined;
}

const WAYS: readonly (readonly [name: string, fail: () => unknown])[] = [
  ["throws", () => {
    throw new Error("a fault");
  }],
  ["throws undefined", () => {
    throw undefined;
  }],
  ["rejects", () => Promise.reject(new Error("a fault"))],
  ["rejects with null", () => Promise.reject(null)],
];

/** The cases. */
export const FAILURE_CASES: readonly CaseDefinition[] = [
  ...WAYS.map(([name, fail]): CaseDefinition => ({
    name: `a group event whose handler ${name} is delivered again, with its attempt counted`,
    needs: ["groups", "delayedRetry"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: { handle: createFailing(2, fail) } });

      await instance.emit(stage.event, { a: 1 }, { id: "an-id", correlationId: "a-correlation" });
      await stage.until("it is handled", () => instance.stats.handled === 1);

      assert.deepEqual(instance.received.map(({ attempt }) => attempt), [1, 2, 3]);
      for (const { id, body, correlationId, source, broadcast } of instance.received) {
        assert.deepEqual(body, { a: 1 });
        assert.deepEqual(
          [id, correlationId, source, broadcast],
          ["an-id", "a-correlation", "/contract", false],
        );
      }
      assert.equal(instance.stats.retried, 2);
      assert.equal(instance.stats.dead, 0);
    },
  })),
  {
    name: "a broadcast whose handler fails is delivered again to the same instance only",
    needs: ["broadcast", "delayedRetry"],
    async play(stage) {
      const failing = await stage.start({
        [stage.event]: {
          handle: createFailing(2, () => {
            throw new Error("a fault");
          }),
        },
      });
      const other = await stage.start({ [stage.event]: {} });

      await other.broadcast(stage.event, { a: 1 });
      await stage.until("it is handled", () => failing.stats.handled === 1 && other.stats.handled === 1);
      await other.stop();

      assert.deepEqual(failing.received.map(({ attempt }) => attempt), [1, 2, 3]);
      assert.ok(failing.received.every(({ broadcast }) => broadcast));
      assert.deepEqual(failing.bodies, [{ a: 1 }, { a: 1 }, { a: 1 }]);
      assert.equal(other.received.length, 1);
    },
  },
  {
    name: "a handler that fails is called again within the delivery after `localRetryDelaysMs`",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start({
        [stage.event]: {
          localRetryDelaysMs: [0, 1],
          handle: createFailing(2, () => {
            throw new Error("a fault");
          }),
        },
      });

      await instance.emit(stage.event, 1);
      await stage.until("it is handled", () => instance.stats.handled === 1);

      assert.deepEqual(instance.received.map(({ attempt }) => attempt), [1, 1, 1]);
      assert.equal(instance.stats.retried, 0);
    },
  },
  {
    name: "an event that fails again and again holds up no others",
    needs: ["groups", "delayedRetry"],
    async play(stage) {
      const instance = await stage.start({
        [stage.event]: {
          concurrency: 1,
          prefetch: 1,
          maxAttempts: 1000,
          handle: ({ body }) => {
            if (body === "bad") throw new Error("a fault");
          },
        },
      });

      await instance.emit(stage.event, "bad");
      for (let number = 0; number < 20; number++) await instance.emit(stage.event, number);

      await stage.until("the others are handled", () => instance.stats.handled === 20);
      assert.ok(instance.bodies.includes("bad"));
    },
  },
  {
    name: "a handler that takes longer than `timeoutMs` has failed, and its signal aborts",
    needs: ["groups"],
    async play(stage) {
      const gate = stage.createGate();
      const signals: AbortSignal[] = [];
      const instance = await stage.start({
        [stage.event]: {
          timeoutMs: 50,
          handle({ attempt }, getSignal) {
            if (attempt > 1) return;
            signals.push(getSignal());
            return gate.opened;
          },
        },
      });

      await instance.emit(stage.event, 1);
      await stage.until("the signal aborts", () => signals[0]?.aborted === true);

      assert.match(String(signals[0]!.reason), /has not ended within 50 ms/);
      assert.equal(instance.stats.handled, 0);
      if (stage.capabilities.delayedRetry) {
        await stage.until("it is handled in the end", () => instance.stats.handled === 1);
        assert.equal(instance.received.at(-1)!.attempt, 2);
      }
    },
  },
  {
    name: "a signal does not abort when its handler has ended in time",
    needs: ["groups"],
    async play(stage) {
      const signals: AbortSignal[] = [];
      const instance = await stage.start({
        [stage.event]: { handle: (_event, getSignal) => void signals.push(getSignal()) },
      });

      await instance.emit(stage.event, 1);
      await stage.until("it is handled", () => instance.stats.handled === 1);
      await instance.stop();

      assert.deepEqual(signals.map(({ aborted }) => aborted), [false]);
    },
  },
];
