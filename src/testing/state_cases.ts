/**
 * What the contract says of what a transport tells about itself.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { EventTransportStatus } from "../events/event_transport.ts";
import type { CaseDefinition } from "./contract_case.ts";

/** The cases. */
export const STATE_CASES: readonly CaseDefinition[] = [
  {
    name: "onStatus() tells of up, and of stopped at the end and once",
    needs: [],
    async play(stage) {
      const instance = stage.create();
      const states: EventTransportStatus["state"][] = [];
      instance.transport.onStatus(({ state }) => states.push(state));

      await stage.within("start()", instance.start({ [stage.event]: {} }));
      await stage.until("it is up", () => states.includes("up"));
      await instance.stop();

      // To subscribe may take another connection, and so another `connecting` and `up`.
      const told = states.filter((state, index) => state !== "connecting" && states.indexOf(state) === index);
      assert.deepEqual(told, ["up", "stopped"]);
      assert.equal(states.indexOf("stopped"), states.length - 1);
    },
  },
  {
    name: "onStatus() returns what removes the listener",
    needs: [],
    async play(stage) {
      const instance = stage.create();
      const states: string[] = [];
      const remove = instance.transport.onStatus(({ state }) => states.push(state));
      remove();
      remove();

      await stage.within("start()", instance.start());
      await instance.stop();

      assert.deepEqual(states, []);
    },
  },
  {
    name: "health() is up while it runs, and down before and after",
    needs: [],
    async play(stage) {
      const instance = stage.create();
      const before = instance.transport.health();
      await stage.within("start()", instance.start({ [stage.event]: {} }));
      await stage.until("it is up", () => instance.transport.health().state === "up");

      await instance.stop();

      assert.equal(before.state, "down");
      assert.equal(instance.transport.health().state, "down");
    },
  },
  {
    name: "stats() counts what is emitted, confirmed and handled",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: {} });
      const before = instance.stats;

      for (let number = 0; number < 5; number++) await instance.emit(stage.event, number);
      await stage.until("all are handled", () => instance.stats.handled === 5);

      assert.ok(Object.values(before).every((count) => count === 0));
      const { emitted, confirmed, rejected, unrouted, duplicates, retried, dead, pending, running } =
        instance.stats;
      assert.deepEqual(
        { emitted, confirmed, rejected, unrouted, duplicates, retried, dead, pending, running },
        {
          emitted: 5,
          confirmed: stage.capabilities.confirms ? 5 : 0,
          rejected: 0,
          unrouted: 0,
          duplicates: 0,
          retried: 0,
          dead: 0,
          pending: 0,
          running: 0,
        },
      );
    },
  },
  {
    name: "stats() is a copy, which stays as it was",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: {} });
      const before = instance.stats;

      await instance.emit(stage.event, 1);
      await stage.until("it is handled", () => instance.stats.handled === 1);

      assert.equal(before.handled, 0);
    },
  },
];
