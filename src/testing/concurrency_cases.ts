/**
 * What the contract says of how many handlers run at once, and in which order.
 *
 * @module
 */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { CaseDefinition } from "./contract_case.ts";

/** Knows how many handlers run. */
class Meter {
  running = 0;
  most = 0;

  async run(end: Promise<unknown>): Promise<void> {
    this.running++;
    this.most = Math.max(this.most, this.running);
    await end;
    this.running--;
  }
}

/** The cases. */
export const CONCURRENCY_CASES: readonly CaseDefinition[] = [
  {
    name: "as many handlers run at once as `concurrency` says, and no more",
    needs: ["groups"],
    async play(stage) {
      const gate = stage.createGate();
      const meter = new Meter();
      const instance = await stage.start({
        [stage.event]: { concurrency: 3, prefetch: 10, handle: () => meter.run(gate.opened) },
      });

      for (let number = 0; number < 12; number++) await instance.emit(stage.event, number);
      await stage.until("three run", () => meter.running === 3);
      const { running } = instance.stats;
      gate.open();
      await stage.until("all are handled", () => instance.stats.handled === 12);

      assert.equal(running, 3);
      assert.equal(meter.most, 3);
      assert.equal(instance.stats.running, 0);
    },
  },
  {
    name: "a handler that is busy holds up no handler of another event",
    needs: ["groups"],
    async play(stage) {
      const gate = stage.createGate();
      const other = stage.nameEvent("other");
      const instance = await stage.start({
        [stage.event]: { concurrency: 1, prefetch: 1, handle: () => gate.opened },
        [other]: {},
      });

      for (let number = 0; number < 50; number++) await instance.emit(stage.event, number);
      await instance.emit(other, "other");

      await stage.until("the other one is handled", () => instance.bodies.includes("other"));
    },
  },
  {
    name: "broadcasts and group events of a name share the `concurrency` of its handler",
    needs: ["groups", "broadcast"],
    async play(stage) {
      const gate = stage.createGate();
      const meter = new Meter();
      const instance = await stage.start({
        [stage.event]: { concurrency: 2, handle: () => meter.run(gate.opened) },
      });

      for (let number = 0; number < 4; number++) {
        await instance.emit(stage.event, number);
        await instance.broadcast(stage.event, number);
      }
      await stage.until("two run", () => meter.running === 2);
      gate.open();
      await stage.until("all are handled", () => instance.stats.handled === 8);

      assert.equal(meter.most, 2);
    },
  },
  {
    name: "ordered group events are handled one after the other, as they were emitted",
    needs: ["groups"],
    async play(stage) {
      const meter = new Meter();
      const instance = await stage.start({
        // The first ones take longest.
        [stage.event]: {
          ordered: true,
          handle: ({ body }) => meter.run(pause(Math.max(0, 10 - (body as number)))),
        },
      });
      const numbers = Array.from({ length: 50 }, (_, number) => number);

      await Promise.all(numbers.map((number) => instance.emit(stage.event, number)));
      await stage.until("all are handled", () => instance.stats.handled === numbers.length);

      assert.deepEqual(instance.bodies, numbers);
      assert.equal(meter.most, 1);
    },
  },
  {
    name: "ordered broadcasts are handled one after the other, as they were emitted, by each instance",
    needs: ["broadcast"],
    async play(stage) {
      const meters = [new Meter(), new Meter()];
      const instances = await Promise.all(
        meters.map((meter) =>
          stage.start({ [stage.event]: { ordered: true, handle: () => meter.run(pause(1)) } })
        ),
      );
      const numbers = Array.from({ length: 50 }, (_, number) => number);

      await Promise.all(numbers.map((number) => instances[0]!.broadcast(stage.event, number)));
      await stage.until(
        "all are handled",
        () => instances.every(({ stats }) => stats.handled === numbers.length),
      );

      for (const { bodies } of instances) assert.deepEqual(bodies, numbers);
      assert.deepEqual(meters.map(({ most }) => most), [1, 1]);
    },
  },
  {
    name: "ordered group events are handled one after the other over all instances",
    needs: ["groups"],
    async play(stage) {
      const meter = new Meter();
      const begun: unknown[] = [];
      const handlers = {
        [stage.event]: {
          ordered: true,
          handle: ({ body }: { body: unknown }) => {
            begun.push(body);
            return meter.run(pause(1));
          },
        },
      };
      const instances = await Promise.all([1, 2, 3].map(() => stage.start(handlers)));
      const numbers = Array.from({ length: 50 }, (_, number) => number);

      await Promise.all(numbers.map((number) => instances[0]!.emit(stage.event, number)));
      await stage.until(
        "all are handled",
        () => instances.reduce((total, { stats }) => total + stats.handled, 0) === numbers.length,
      );

      assert.deepEqual(begun, numbers);
      assert.equal(meter.most, 1);
    },
  },
  {
    name: "ordered group events go on, in order, with another instance when one stops",
    needs: ["groups"],
    async play(stage) {
      const begun: unknown[] = [];
      const handlers = {
        [stage.event]: {
          ordered: true,
          handle: async ({ body }: { body: unknown }) => {
            begun.push(body);
            await pause(1);
          },
        },
      };
      const publisher = await stage.start(undefined, stage.nameService("publisher"));
      const first = await stage.start(handlers);
      const second = await stage.start(handlers);
      const numbers = Array.from({ length: 50 }, (_, number) => number);

      await Promise.all(numbers.map((number) => publisher.emit(stage.event, number)));
      await stage.until("some are handled", () => begun.length >= 5);
      await first.stop();
      await stage.until("all are handled", () => begun.length >= numbers.length);
      await second.stop();

      assert.deepEqual(begun, numbers);
    },
  },
];
