/**
 * What the contract says of calls in a wrong order, and of a logger that fails.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Logger } from "../logger.ts";
import type { CaseDefinition } from "./contract_case.ts";

const BROKEN = (): never => {
  throw new Error("The disk is full");
};
const BROKEN_LOGGER: Logger = { debug: BROKEN, info: BROKEN, warn: BROKEN, error: BROKEN };

/** The cases. */
export const MISUSE_CASES: readonly CaseDefinition[] = [
  {
    name: "start() of one that runs rejects with a TypeError, and it goes on",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: {} });

      await assert.rejects(stage.within("start()", instance.start()), TypeError);

      await instance.emit(stage.event, 1);
      await stage.until("it delivers", () => instance.received.length === 1);
      assert.equal(instance.transport.health().state, "up");
    },
  },
  {
    name: "subscribe() before start() rejects with a TypeError",
    needs: [],
    async play(stage) {
      const { transport } = stage.create();

      await assert.rejects(stage.within("subscribe()", transport.subscribe([])), TypeError);

      assert.equal(transport.health().state, "down");
    },
  },
  {
    name: "subscribe() for a second time rejects with a TypeError, and the first handlers stay",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: {} });
      const other = stage.nameEvent("other");

      await assert.rejects(stage.within("subscribe()", instance.subscribe({ [other]: {} })), TypeError);

      await instance.emit(stage.event, 1);
      await stage.until("it delivers", () => instance.received.length === 1);
      assert.notEqual((await instance.emit(other, 2)).routed, true);
    },
  },
  {
    name: "subscribe() while stop() runs delivers nothing",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start();

      const stopping = instance.stop();
      const subscribing = instance.subscribe({ [stage.event]: {} }).catch(() => {/* it may well refuse */});
      await stage.within("both end", Promise.all([stopping, subscribing]));

      const other = await stage.start({ [stage.event]: {} });
      await other.emit(stage.event, 1);
      await stage.until("the one that runs gets it", () => other.received.length === 1);
      assert.equal(instance.received.length, 0);
    },
  },
  {
    name: "a logger that throws harms nothing",
    needs: ["groups", "delayedRetry"],
    async play(stage) {
      const instance = stage.create(stage.service, BROKEN_LOGGER);
      await stage.within(
        "start()",
        instance.start({
          [stage.event]: {
            maxAttempts: 2,
            handle({ attempt }) {
              if (attempt === 1) throw new Error("a fault");
            },
          },
        }),
      );

      await instance.emit(stage.event, 1);
      await stage.until("it is handled", () => instance.stats.handled === 1);

      const { drained } = await stage.within("stop()", instance.stop());
      assert.equal(drained, true);
    },
  },
];
