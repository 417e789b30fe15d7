/**
 * What the contract says of `stop`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { CaseDefinition } from "./contract_case.ts";

/** What takes no time may take so long on a machine that is busy, in milliseconds. */
const AT_ONCE_MS = 3000;
const NOTHING_LEFT = { drained: true, unfinishedHandlers: 0, unsentEvents: 0 };

/** The cases. */
export const STOP_CASES: readonly CaseDefinition[] = [
  {
    name: "stop() before start() resolves",
    needs: [],
    async play(stage) {
      const instance = stage.create();

      assert.deepEqual(await stage.within("stop()", instance.stop()), NOTHING_LEFT);
    },
  },
  {
    name: "stop() twice, also at the same time, resolves",
    needs: [],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: {} });

      const both = await stage.within("stop()", Promise.all([instance.stop(), instance.stop()]));
      const later = await stage.within("stop()", instance.stop());

      for (const report of [...both, later]) assert.deepEqual(report, NOTHING_LEFT);
    },
  },
  {
    name: "start() while stop() runs waits for it",
    needs: ["groups"],
    async play(stage) {
      const gate = stage.createGate();
      const instance = await stage.start({ [stage.event]: { handle: () => gate.opened } });
      await instance.emit(stage.event, 1);
      await stage.until("it runs", () => instance.received.length === 1);

      const stopping = instance.stop();
      const starting = instance.start({ [stage.event]: {} });
      gate.open();
      const report = await stage.within("stop()", stopping);
      await stage.within("start()", starting);

      assert.deepEqual(report, NOTHING_LEFT);
      await instance.emit(stage.event, 2);
      await stage.until("it delivers", () => instance.bodies.includes(2));
    },
  },
  {
    name: "stop() waits for handlers that run",
    needs: ["groups"],
    async play(stage) {
      const gate = stage.createGate();
      let hasEnded = false;
      const instance = await stage.start({
        [stage.event]: {
          async handle() {
            await gate.opened;
            hasEnded = true;
          },
        },
      });
      await instance.emit(stage.event, 1);
      await stage.until("it runs", () => instance.received.length === 1);

      let isOver = false;
      const stopping = instance.stop().finally(() => isOver = true);
      // Nothing tells that a transport waits; one that does not has stopped by then.
      await pause(20);
      const wasOver = isOver;
      gate.open();
      const report = await stage.within("stop()", stopping);

      assert.equal(wasOver, false);
      assert.equal(hasEnded, true);
      assert.deepEqual(report, NOTHING_LEFT);
      assert.equal(instance.stats.handled, 1);
    },
  },
  {
    name: "stop() with drainMs: Infinity waits for handlers that run",
    needs: ["groups"],
    async play(stage) {
      const gate = stage.createGate();
      let hasEnded = false;
      const instance = await stage.start({
        [stage.event]: {
          async handle() {
            await gate.opened;
            hasEnded = true;
          },
        },
      });
      await instance.emit(stage.event, 1);
      await stage.until("it runs", () => instance.received.length === 1);

      const stopping = instance.stop(Infinity);
      await pause(50);
      gate.open();
      const report = await stage.within("stop()", stopping);

      assert.equal(hasEnded, true);
      assert.deepEqual(report, NOTHING_LEFT);
    },
  },
  {
    name: "stop() lets handlers that run emit",
    needs: ["groups"],
    async play(stage) {
      const gate = stage.createGate();
      const second = stage.nameEvent("second");
      const other = await stage.start({ [second]: {} }, stage.nameService("other"));
      const instance = await stage.start({
        [stage.event]: {
          async handle() {
            await gate.opened;
            await instance.emit(second, "from the handler");
          },
        },
      });
      await instance.emit(stage.event, 1);
      await stage.until("it runs", () => instance.received.length === 1);

      const stopping = instance.stop();
      gate.open();
      const report = await stage.within("stop()", stopping);

      assert.deepEqual(report, NOTHING_LEFT);
      assert.equal(instance.stats.handled, 1);
      await stage.until("it arrives", () => other.bodies[0] === "from the handler");
    },
  },
  {
    name: "stop() gives up handlers that do not end in time, and their events go to another instance",
    needs: ["groups"],
    async play(stage) {
      const gate = stage.createGate();
      const signals: AbortSignal[] = [];
      const first = await stage.start({
        [stage.event]: {
          handle(_event, getSignal) {
            signals.push(getSignal());
            return gate.opened;
          },
        },
      });
      await first.emit(stage.event, 1);
      await stage.until("it runs", () => first.received.length === 1);

      const report = await stage.within("stop()", first.stop(50));
      const second = await stage.start({ [stage.event]: {} });
      await stage.until("the other instance gets it", () => second.received.length === 1);

      assert.deepEqual(report, { drained: false, unfinishedHandlers: 1, unsentEvents: 0 });
      assert.equal(signals[0]!.aborted, true);
      assert.deepEqual(second.bodies, [1]);
      assert.equal(first.stats.running, 0);
    },
  },
  {
    name: "stop() leaves what has not begun to another instance",
    needs: ["groups"],
    async play(stage) {
      const gate = stage.createGate();
      const first = await stage.start({
        [stage.event]: { concurrency: 1, prefetch: 3, handle: () => gate.opened },
      });
      for (let number = 0; number < 6; number++) await first.emit(stage.event, number);
      await stage.until("one runs", () => first.received.length === 1);
      const second = await stage.start({ [stage.event]: { concurrency: 1, prefetch: 1 } });

      const stopping = first.stop();
      gate.open();
      await stage.within("stop()", stopping);
      await stage.until("all are handled", () => first.stats.handled + second.stats.handled >= 6);

      const handled = [...first.bodies, ...second.bodies] as number[];
      assert.deepEqual(handled.toSorted(), [0, 1, 2, 3, 4, 5]);
      // It takes a moment until the broker has been told.
      assert.ok(first.received.length <= 3, `the one that stopped has handled ${first.received.length}`);
      assert.ok(second.received.every(({ attempt }) => attempt === 1));
    },
  },
  {
    name: "stop() leaves group events that wait for a retry to another instance",
    needs: ["groups", "delayedRetry"],
    async play(stage) {
      const first = await stage.start({
        [stage.event]: { maxAttempts: 1000, handle: () => Promise.reject(new Error("a fault")) },
      });
      await first.emit(stage.event, 1);
      await stage.until("it has failed", () => first.stats.retried > 0);

      await stage.within("stop()", first.stop());
      const second = await stage.start({ [stage.event]: {} });

      await stage.until("the other instance gets it", () => second.received.length === 1);
      assert.ok(second.received[0]!.attempt > 1);
    },
  },
  {
    name: "stop() with drainMs: 0 resolves at once, whatever runs",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: { handle: () => new Promise(() => {}) } });
      await instance.emit(stage.event, 1);
      await stage.until("it runs", () => instance.received.length === 1);

      const report = await stage.within("stop()", instance.stop(0), Math.min(AT_ONCE_MS, stage.timeoutMs));

      assert.equal(report.drained, false);
    },
  },
  {
    name: "nothing is delivered after stop(), and nothing runs",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: {} });
      const other = await stage.start({ [stage.event]: {} }, stage.nameService("other"));
      await instance.stop();

      await other.emit(stage.event, 1);
      if (stage.capabilities.broadcast) await other.broadcast(stage.event, 1);
      const count = stage.capabilities.broadcast ? 2 : 1;
      await stage.until("the other service gets it", () => other.received.length === count);
      // What was emitted first comes first, so by now the one that has stopped would have got it.
      const next = await stage.start({ [stage.event]: {} });
      await stage.until("the next instance gets it", () => next.bodies.includes(1));

      assert.equal(instance.received.length, 0);
      assert.equal(instance.stats.running, 0);
      assert.equal(instance.stats.pending, 0);
    },
  },
  {
    name: "start() after stop() starts anew",
    needs: ["groups"],
    async play(stage) {
      const handlers = { [stage.event]: {} };
      const instance = await stage.start(handlers);
      await instance.emit(stage.event, 1);
      await stage.until("the first arrives", () => instance.received.length === 1);
      await instance.stop();

      await stage.within("start()", instance.start(handlers));
      await instance.emit(stage.event, 2);
      await stage.until("the second arrives", () => instance.received.length === 2);

      assert.deepEqual(instance.bodies, [1, 2]);
      assert.equal(instance.transport.health().state, "up");
    },
  },
];
