/** R14, R20: connections are lost while handlers run, and handlers misbehave. */
import { assert, assertEquals, assertLessOrEqual, assertMatch } from "@std/assert";
import { hasPrivateBroker } from "../support/broker.ts";
import { Ledger } from "../support/event_ledger.ts";
import { emitNumber, sized, withBroker } from "../support/fault_run.ts";
import { FaultProxy } from "../support/fault_proxy.ts";
import { inspectQueue } from "../support/raw_amqp.ts";
import { createGate } from "../support/service.ts";
import { waitUntil } from "../support/wait_until.ts";

Deno.test({
  name: "R14: handlers that end after a reconnect settle nothing wrongly, and their events come again once",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(60_000, async (run) => {
      const count = 50;
      await using proxy = await FaultProxy.start(run.broker.port);
      const transport = await run.started({}, proxy.port);
      const states: string[] = [];
      transport.onStatus(({ state }) => states.push(state));
      const gate = createGate();
      const began: number[] = [];
      await transport.subscribe([run.subscription((number) => {
        began.push(number);
        return gate.promise;
      }, { concurrency: count, prefetch: count })]);
      await Promise.all(Array.from({ length: count }, (_, n) => emitNumber(transport, run.event, n)));
      await waitUntil("all run", () => began.length === count);

      proxy.resetAll();
      await waitUntil("the loss is noticed", () => states.includes("down"));
      await waitUntil("it is up again", () => states.at(-1) === "up");
      const losses = states.length;
      gate.open();
      // Each is handled; the delivery after the reconnect is recognised, or handled when it came too early for that.
      await waitUntil("each has come again", () => {
        const { handled, duplicates } = transport.stats();
        return handled + duplicates === 2 * count;
      });
      await transport.stop({ drainMs: 5000 });

      const left = await inspectQueue(run.broker.url, run.queue());
      const dead = await inspectQueue(run.broker.url, run.deadLetterQueue);
      const ledger = new Ledger(began);
      run.report({
        bar: "R14",
        fault: `connection reset while ${count} handlers run`,
        events: count,
        lost: count - ledger.distinct,
        duplicates: ledger.duplicates,
      });
      assertEquals([left.messages, dead.messages], [0, 0]);
      assertEquals(
        states.slice(losses).filter((state) => state === "down"),
        [],
        "a settlement closed something",
      );
      assertEquals(run.logger.records.filter(({ message }) => /406|PRECONDITION/.test(message)), []);
    }),
});

interface Misbehaviour {
  readonly name: string;
  readonly handle: (number: number, signal: () => AbortSignal) => unknown;
}

const MISBEHAVIOURS: readonly Misbehaviour[] = [
  {
    name: "throws",
    handle: () => {
      throw new Error("thrown");
    },
  },
  { name: "throws undefined", handle: () => Promise.reject(undefined) },
  { name: "rejects", handle: () => Promise.reject(new Error("rejected")) },
  { name: "never settles", handle: () => new Promise(() => {}) },
  {
    name: "has a thenable that throws",
    handle: () => ({
      then: () => {
        throw new Error("thrown by then");
      },
    }),
  },
];

for (const { name, handle } of MISBEHAVIOURS) {
  Deno.test({
    name: `R20: a handler that ${name} costs no connection and is tried again`,
    ignore: !hasPrivateBroker(),
    fn: () =>
      withBroker(30_000, async (run) => {
        const transport = await run.started({ retryDelaysMs: [50] });
        const attempts: number[] = [];
        const well = new Set<number>();
        await transport.subscribe([
          run.subscription((number, { attempt }, signal) => {
            attempts.push(attempt);
            return handle(number, signal);
          }, { localRetryDelaysMs: [], maxAttempts: 2, timeoutMs: 300 }),
          run.subscription((number) => void well.add(number), {}, "other"),
        ]);
        const states: string[] = [];
        transport.onStatus(({ state }) => states.push(state));

        await emitNumber(transport, run.event, 1);
        await waitUntil("it is dead-lettered", () => transport.stats().dead === 1);
        await emitNumber(transport, "other", 2);
        await waitUntil("another event is handled", () => well.has(2));

        run.report({ bar: "R20", fault: `handler ${name}`, events: 1, note: `${attempts.length} attempts` });
        assertEquals([attempts, states], [[1, 2], []]);
      }),
  });
}

Deno.test({
  name: "R20: a handler that blocks its process is warned about, and its event comes again",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(60_000, async (run) => {
      // Longer than two heartbeats, after which the broker gives the connection up.
      const [heartbeatSeconds, blockMs] = sized([1, 5000], [10, 30_000]);
      const handler = run.handler({ blockAt: 3, blockMs }, { connection: { heartbeatSeconds } });
      await handler.said("ready");
      const emitter = run.emitter({ count: 10, inFlight: 10 });
      await emitter.said("emitted");

      await run.waitForHandled(10);
      await waitUntil("the loss is noticed and mended", () => {
        const states = handler.messages.filter((message) => message.kind === "status").map(({ state }) =>
          state
        );
        return states.includes("down") && states.at(-1) === "up";
      });
      await waitUntil("its event has come again", async () => (await handler.stats()).stats.duplicates > 0);
      const { code } = await handler.stop();

      const left = await inspectQueue(run.broker.url, run.queue());
      const handled = run.ledger("handle");
      run.report({
        bar: "R20",
        fault: `handler blocks for ${blockMs} ms at heartbeat ${heartbeatSeconds} s`,
        events: 10,
        lost: 10 - handled.distinct,
        duplicates: handled.duplicates,
      });
      assertEquals([code, left.messages, handled.distinct], [0, 0, 10]);
      assertLessOrEqual(handled.duplicates, 10);
      assertMatch(handler.stderr, /warn .*(block|lag|event loop|heartbeat)/i);
      assert(!/uncaught/i.test(handler.stderr), handler.stderr);
    }),
});
