/**
 * What the contract says of `emit`.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  EmitAbortedError,
  EventTooLargeError,
  TransportStoppedError,
  UnroutableEventError,
} from "../errors.ts";
import type { CaseDefinition } from "./contract_case.ts";

/** The cases. */
export const EMIT_CASES: readonly CaseDefinition[] = [
  {
    name: "emit() resolves with the receipt of a group event",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: {} });

      const receipt = await instance.emit(stage.event, 1, { id: "an-id" });

      assert.equal(receipt.id, "an-id");
      assert.equal(receipt.confirmed, stage.capabilities.confirms);
      assert.notEqual(receipt.routed, false);
      assert.ok(receipt.attempts >= 1);
    },
  },
  {
    name: "emit() resolves with the receipt of a broadcast",
    needs: ["broadcast"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: {} });

      const receipt = await instance.broadcast(stage.event, 1, { id: "an-id" });

      assert.equal(receipt.id, "an-id");
      assert.equal(receipt.confirmed, stage.capabilities.confirms);
      assert.notEqual(receipt.routed, false);
      assert.ok(receipt.attempts >= 1);
    },
  },
  {
    name: "emit() with confirm: false resolves unconfirmed, and the event arrives all the same",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: {} });

      const receipt = await instance.emit(stage.event, 1, { confirm: false });

      assert.equal(receipt.confirmed, false);
      await stage.until("the event arrives", () => instance.received.length === 1);
    },
  },
  {
    name: "emit() of a group event that nobody handles resolves, not routed",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start();

      const receipt = await instance.emit(stage.event, 1);

      assert.notEqual(receipt.routed, true);
      if (receipt.routed === false) assert.equal(instance.stats.unrouted, 1);
    },
  },
  {
    name: "emit() of a broadcast that nobody handles resolves, not routed",
    needs: ["broadcast"],
    async play(stage) {
      const instance = await stage.start();

      const receipt = await instance.broadcast(stage.event, 1);

      assert.notEqual(receipt.routed, true);
    },
  },
  {
    name: "emit() with requireRoute rejects a group event that nobody handles",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start();

      const emission = instance.emit(stage.event, 1, { requireRoute: true });

      await assert.rejects(emission, (error) => {
        assert.ok(error instanceof UnroutableEventError);
        assert.equal(error.outcome, "not-sent");
        assert.ok(error.message.includes(stage.event));
        return true;
      });
      assert.equal(instance.stats.rejected, 1);
    },
  },
  {
    name: "emit() with requireRoute resolves for an event that somebody handles",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: {} });

      const receipt = await instance.emit(stage.event, 1, { requireRoute: true });

      assert.notEqual(receipt.routed, false);
      await stage.until("the event arrives", () => instance.received.length === 1);
    },
  },
  {
    name: "emit() before start() rejects",
    needs: [],
    async play(stage) {
      const instance = stage.create();

      await assertStopped(stage.event, instance.emit(stage.event, 1));
      await assertStopped(stage.event, instance.broadcast(stage.event, 1));
    },
  },
  {
    name: "emit() after stop() rejects",
    needs: [],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: {} });
      await instance.stop();

      await assertStopped(stage.event, instance.emit(stage.event, 1));
      await assertStopped(stage.event, instance.broadcast(stage.event, 1));

      assert.equal(instance.received.length, 0);
    },
  },
  {
    name: "emit() rejects when its signal has aborted, and nothing is sent",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: {} });
      const reason = new Error("not any more");

      await assert.rejects(instance.emit(stage.event, 1, { signal: AbortSignal.abort(reason) }), (error) => {
        assert.ok(error instanceof EmitAbortedError);
        assert.equal(error.outcome, "not-sent");
        assert.equal(error.cause, reason);
        return true;
      });

      await instance.emit(stage.event, 2);
      await stage.until("the other event arrives", () => instance.received.length > 0);
      assert.deepEqual(instance.bodies, [2]);
    },
  },
  {
    name: "emit() heeds no signal that aborts after it has resolved, and keeps no listener on it",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: {} });
      const controller = new AbortController();
      const listeners = countListeners(controller.signal);

      await instance.emit(stage.event, 1, { signal: controller.signal });
      controller.abort();

      assert.equal(listeners.count, 0);
      await stage.until("the event arrives", () => instance.received.length === 1);
    },
  },
  {
    name: "emit() takes a body of the largest size and rejects a larger one",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: {} });
      // Two bytes in UTF-8, and two quotation marks.
      const longest = "é".repeat(Math.floor((stage.maxEventBytes - 2) / 2));

      await assert.rejects(instance.emit(stage.event, `${longest}é`), (error) => {
        assert.ok(error instanceof EventTooLargeError);
        assert.equal(error.outcome, "not-sent");
        assert.ok(error.message.includes(stage.event));
        return true;
      });
      await instance.emit(stage.event, longest);

      await stage.until("the event arrives", () => instance.received.length > 0);
      assert.ok(instance.bodies[0] === longest, "the body is another one");
      assert.equal(instance.stats.rejected, 1);
    },
  },
  {
    name: "emit() of group events delivers nothing before it returns",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: {} });

      const emission = instance.emit(stage.event, 1);

      assert.equal(instance.received.length, 0);
      await emission;
      await stage.until("the event arrives", () => instance.received.length === 1);
    },
  },
  {
    name: "emit() of broadcasts delivers nothing before it returns",
    needs: ["broadcast"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: {} });

      const emission = instance.broadcast(stage.event, 1);

      assert.equal(instance.received.length, 0);
      await emission;
      await stage.until("the event arrives", () => instance.received.length === 1);
    },
  },
  {
    name: "emit() of 1000 events at once loses none",
    needs: ["groups"],
    async play(stage) {
      const instance = await stage.start({ [stage.event]: {} });
      const numbers = Array.from({ length: 1000 }, (_, number) => number);

      const receipts = await stage.within(
        "all are confirmed",
        Promise.all(numbers.map((number) => instance.emit(stage.event, number))),
      );

      assert.equal(new Set(receipts.map(({ id }) => id)).size, numbers.length);
      await stage.until("all arrive", () => instance.received.length >= numbers.length);
      assert.deepEqual(new Set(instance.bodies), new Set(numbers));
    },
  },
];

async function assertStopped(event: string, emission: Promise<unknown>): Promise<void> {
  await assert.rejects(emission, (error) => {
    assert.ok(error instanceof TransportStoppedError);
    assert.equal(error.outcome, "not-sent");
    assert.ok(error.message.includes(event));
    return true;
  });
}

/** Counts the listeners that are on a signal. */
function countListeners(signal: AbortSignal): { readonly count: number } {
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<AbortSignal["addEventListener"]>) => {
    listeners.add(args[1]);
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<AbortSignal["removeEventListener"]>) => {
    listeners.delete(args[1]);
    remove(...args);
  };
  return {
    get count() {
      return listeners.size;
    },
  };
}
