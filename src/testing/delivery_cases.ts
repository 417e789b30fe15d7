/**
 * What the contract says of who gets an event, and what comes with it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createEvent } from "../events/event.ts";
import type { CaseDefinition } from "./contract_case.ts";

const NUMBERS: readonly number[] = Array.from({ length: 20 }, (_, number) => number);

/** The cases. */
export const DELIVERY_CASES: readonly CaseDefinition[] = [
  {
    name: "a group event goes to one instance of each service",
    needs: ["groups"],
    async play(stage) {
      const other = stage.nameService("other");
      const handlers = { [stage.event]: {} };
      const instances = await Promise.all(
        [undefined, undefined, other, other].map((service) => stage.start(handlers, service)),
      );
      const publisher = await stage.start(undefined, stage.nameService("publisher"));

      await Promise.all(NUMBERS.map((number) => publisher.emit(stage.event, number)));
      await stage.until(
        "both services have all",
        () => instances.reduce((total, { received }) => total + received.length, 0) >= 2 * NUMBERS.length,
      );
      await Promise.all(instances.map((instance) => instance.stop()));

      const [a, b, c, d] = instances.map(({ bodies }) => bodies as number[]);
      assert.deepEqual([...a!, ...b!].toSorted((x, y) => x - y), NUMBERS);
      assert.deepEqual([...c!, ...d!].toSorted((x, y) => x - y), NUMBERS);
    },
  },
  {
    name: "group events go to all instances of a service that have room",
    needs: ["groups"],
    async play(stage) {
      const gate = stage.createGate();
      const handlers = { [stage.event]: { concurrency: 1, prefetch: 1, handle: () => gate.opened } };
      const instances = await Promise.all([1, 2, 3].map(() => stage.start(handlers)));

      for (const number of NUMBERS) await instances[0]!.emit(stage.event, number);

      await stage.until("each has one", () => instances.every(({ received }) => received.length === 1));
      gate.open();
      await stage.until(
        "all are handled",
        () => instances.reduce((total, { stats }) => total + stats.handled, 0) === NUMBERS.length,
      );
    },
  },
  {
    name: "a broadcast goes to every instance, that of its emitter too",
    needs: ["broadcast"],
    async play(stage) {
      const other = stage.nameService("other");
      const handlers = { [stage.event]: {} };
      const instances = await Promise.all(
        [undefined, undefined, other].map((service) => stage.start(handlers, service)),
      );

      for (const number of NUMBERS) await instances[0]!.broadcast(stage.event, number);
      await stage.until(
        "all have all",
        () => instances.every(({ received }) => received.length >= NUMBERS.length),
      );

      for (const { bodies, received } of instances) {
        assert.deepEqual((bodies as number[]).toSorted((x, y) => x - y), NUMBERS);
        assert.ok(received.every(({ broadcast, name }) => broadcast && name === stage.event));
      }
    },
  },
  {
    name: "an instance without handlers gets nothing and can emit",
    needs: ["groups"],
    async play(stage) {
      const publisher = await stage.start();
      const handling = await stage.start({ [stage.event]: {} });

      await publisher.emit(stage.event, 1);

      await stage.until("the other one gets it", () => handling.received.length === 1);
      assert.equal(publisher.received.length, 0);
    },
  },
  {
    name: "each event goes to its own handler, and others to none",
    needs: ["groups"],
    async play(stage) {
      const [second, unknown] = [stage.nameEvent("second"), stage.nameEvent("unknown")];
      const instance = await stage.start({ [stage.event]: {}, [second]: {} });

      for (const name of [stage.event, unknown, second]) await instance.emit(name, name);
      await stage.until("both arrive", () => instance.received.length >= 2);

      assert.deepEqual(new Set(instance.bodies), new Set([stage.event, second]));
      assert.ok(instance.received.every(({ name, body }) => name === body));
    },
  },
  {
    name: "group events wait for the next instance of a service that has none",
    needs: ["groups"],
    async play(stage) {
      const first = await stage.start({ [stage.event]: {} });
      const publisher = await stage.start(undefined, stage.nameService("publisher"));
      await first.stop();

      const receipts = await Promise.all(NUMBERS.map((number) => publisher.emit(stage.event, number)));
      const second = await stage.start({ [stage.event]: {} });
      await stage.until("all arrive", () => second.received.length >= NUMBERS.length);

      assert.ok(receipts.every(({ routed }) => routed !== false));
      assert.deepEqual(new Set(second.bodies), new Set(NUMBERS));
    },
  },
  {
    name: "a group event brings its envelope",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: {} });
      const trace = {
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        tracestate: "vendor=1,other=2",
      };
      const event = createEvent(stage.event, { a: 1 }, {
        broadcast: false,
        id: "an id with ünicode",
        source: "/contract/ünicode",
        timeMs: Date.UTC(2024, 1, 29, 12, 34, 56),
        trace,
        correlationId: "a-correlation",
      });

      await instance.emitEvent(event);
      await stage.until("it arrives", () => instance.received.length === 1);

      const { trace: receivedTrace, ...received } = instance.received[0]!;
      assert.deepEqual(received, {
        id: "an id with ünicode",
        name: stage.event,
        body: { a: 1 },
        source: "/contract/ünicode",
        timeMs: Date.UTC(2024, 1, 29, 12, 34, 56),
        broadcast: false,
        attempt: 1,
        correlationId: "a-correlation",
      });
      assert.equal(receivedTrace.traceparent, trace.traceparent);
      assert.equal(receivedTrace.tracestate, trace.tracestate);
    },
  },
  {
    name: "an event without trace and correlation brings neither",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: {} });

      await instance.emit(stage.event, 1);
      await stage.until("it arrives", () => instance.received.length === 1);

      const { trace, correlationId } = instance.received[0]!;
      assert.deepEqual({ ...trace }, {});
      assert.equal(correlationId, undefined);
    },
  },
  {
    name: "an event that is emitted twice with the same id is handled once by an instance",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: { ordered: true } });
      const event = createEvent(stage.event, "the same", { broadcast: false, source: "/contract" });

      for (let count = 0; count < 3; count++) await instance.emitEvent(event);
      await instance.emit(stage.event, "the last");
      await stage.until("the last one arrives", () => instance.bodies.includes("the last"));

      assert.deepEqual(instance.bodies, ["the same", "the last"]);
      assert.equal(instance.stats.duplicates, 2);
    },
  },
  {
    name: "handlers may change their body without harm to others",
    needs: ["broadcast"],
    async play(stage) {
      const handlers = {
        [stage.event]: {
          handle: ({ body }: { body: unknown }) => void (body as { seen: number }).seen++,
        },
      };
      const instances = await Promise.all([1, 2].map(() => stage.start(handlers)));

      await instances[0]!.broadcast(stage.event, { seen: 0 });
      await stage.until("both have it", () => instances.every(({ received }) => received.length === 1));

      for (const { bodies } of instances) assert.deepEqual(bodies, [{ seen: 1 }]);
    },
  },
];
