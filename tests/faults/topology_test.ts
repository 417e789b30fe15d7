/** R8, R17, R18: exchanges and queues are in the way, vanish, or are full. */
import { assert, assertEquals, assertLessOrEqual, assertRejects } from "@std/assert";
import { EventRejectedError, TopologyConflictError } from "@gemstone/gemstone";
import { hasPrivateBroker } from "../support/broker.ts";
import { emitNumber, type FaultRun, sized, withBroker } from "../support/fault_run.ts";
import { FaultProxy } from "../support/fault_proxy.ts";
import { withChannel } from "../support/raw_amqp.ts";
import { createGate } from "../support/service.ts";
import { pause, waitUntil } from "../support/wait_until.ts";

/** Declares the queue of the group events as no transport would. */
async function declareInTheWay(run: FaultRun): Promise<void> {
  await withChannel(run.broker.url, async (channel) => {
    await channel.deleteQueue(run.queue());
    await channel.assertQueue(run.queue(), { durable: true });
  });
}

Deno.test({
  name: "R8: a queue with other arguments is an error at the start that names the argument",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(30_000, async (run) => {
      const subscription = run.subscription(() => {});
      await declareInTheWay(run);
      const transport = await run.started();

      const error = await assertRejects(() => transport.subscribe([subscription]), TopologyConflictError);

      assert(error.object.includes(run.queue()), error.object);
      // The broker names the first that differs.
      assertEquals([error.argument, error.wanted], ["x-dead-letter-exchange", `${run.namespace}.dlx`]);
      await transport.stop({ drainMs: 0 });
      run.report({
        bar: "R8",
        fault: "queue with other arguments at the start",
        note: "TopologyConflictError",
      });
    }),
});

Deno.test({
  name: "R8: a queue with other arguments after a reconnect degrades, is tried slowly, and heals",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(60_000, async (run) => {
      await using proxy = await FaultProxy.start(run.broker.port);
      const transport = await run.started({}, proxy.port);
      const handled: number[] = [];
      await transport.subscribe([run.subscription((number) => void handled.push(number))]);
      proxy.refuse();
      proxy.resetAll();
      await waitUntil("the loss is noticed", () => transport.health().state !== "up");
      await declareInTheWay(run);
      proxy.arrivals.length = 0;

      await proxy.listen();

      await waitUntil("the conflict is told", () =>
        /Cannot declare queue/.test(transport.health().reason ?? ""));
      assertEquals(transport.health().state, "degraded");
      // Long enough for any loop that is not slow to show itself.
      await pause(sized(3000, 20_000));
      const attempts = proxy.arrivals.length;
      await withChannel(run.broker.url, (channel) =>
        channel.deleteQueue(run.queue()));
      run.report({
        bar: "R8",
        fault: "queue with other arguments after a reconnect",
        note: `${attempts} connections`,
      });
      // One of each connection, and no more than one try more.
      assertLessOrEqual(attempts, 3);
    }),
});

Deno.test({
  name: "R17: an event that nobody handles is told as not routed",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(30_000, async (run) => {
      const transport = await run.started();

      const receipt = await emitNumber(transport, run.event, 1);

      assertEquals(receipt.routed, false);
      assertEquals(transport.stats().unrouted, 1);
      run.report({ bar: "R17", fault: "event without a handler", events: 1, note: "routed: false" });
    }),
});

Deno.test({
  name: "R17: a queue that is deleted is declared and consumed again",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(30_000, async (run) => {
      const transport = await run.started();
      const handled: number[] = [];
      await transport.subscribe([run.subscription((number) => void handled.push(number))]);

      const started = performance.now();
      await withChannel(run.broker.url, (channel) => channel.deleteQueue(run.queue()));
      await waitUntil("an event is routed again", async () => {
        return (await emitNumber(transport, run.event, 2)).routed === true;
      });
      await waitUntil("it is handled", () => handled.includes(2));

      const recoveryMs = performance.now() - started;
      run.report({ bar: "R17", fault: "queue deleted", recoveryMs });
      assertLessOrEqual(recoveryMs, sized(10_000, 2000));
    }),
});

Deno.test({
  name: "R17: an exchange that is deleted is declared again, and what was on its way is sent again",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(30_000, async (run) => {
      const transport = await run.started({ publishing: { windowEvents: 100 } });
      const handled = new Set<number>();
      await transport.subscribe([run.subscription((number) => void handled.add(number))]);
      const receipts: { routed: boolean | undefined; attempts: number }[] = [];
      let count = 0;
      let isEmitting = true;
      const emitOn = async (): Promise<void> => {
        while (isEmitting) receipts.push(await emitNumber(transport, run.event, count++));
      };

      const emitters = Array.from({ length: 50 }, emitOn);
      for (let deletion = 0; deletion < sized(1, 10); deletion++) {
        const before = receipts.length;
        await waitUntil("some are confirmed", () => receipts.length >= before + 200);
        await withChannel(run.broker.url, (channel) => channel.deleteExchange(`${run.namespace}.events`));
      }
      await waitUntil(
        "what was on its way is sent again",
        () => receipts.some(({ attempts }) => attempts > 1),
      );
      isEmitting = false;
      await Promise.all(emitters);

      // The binding goes with the exchange. What finds none is told so, and not lost without a word.
      const routed = receipts.filter((receipt) => receipt.routed).length;
      await waitUntil("all that was routed is handled", () => handled.size >= routed);
      await waitUntil("events are routed again", async () => {
        return (await emitNumber(transport, run.event, count)).routed === true;
      });
      run.report({
        bar: "R17",
        fault: `exchange deleted x${sized(1, 10)}`,
        events: count,
        lost: 0,
        note: `${count - routed} told as not routed while the binding was gone`,
      });
    }),
});

Deno.test({
  name: "R18: a full queue refuses an event, which is rejected in the end, and holds no other event up",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(60_000, async (run) => {
      const transport = await run.started({ publishing: { maxRefusals: sized(2, 5) } });
      const gate = createGate();
      const others = new Set<number>();
      const full = run.subscription(() => gate.promise, { concurrency: 1, prefetch: 1 });
      await transport.subscribe([full, run.subscription((number) => void others.add(number), {}, "other")]);
      const limit = JSON.stringify({ "max-length": 2 });
      const policy = `limit-${run.namespace}`;
      const pattern = `^${run.namespace}\\.q\\.handlers/${run.event}$`;
      await run.broker.control("set_policy", policy, pattern, limit, "--apply-to", "queues");
      try {
        let taken = 0;
        const rejects = async (): Promise<unknown> => {
          // The queue notices a little late that it is full.
          try {
            for (; taken < 200; taken++) await emitNumber(transport, run.event, taken);
          } catch (error) {
            return error;
          }
          return undefined;
        };
        const rejection = rejects();
        await Promise.all(Array.from({ length: 100 }, (_, n) => emitNumber(transport, "other", n)));
        await waitUntil("the other events are handled", () => others.size === 100);
        const error = await rejection;

        run.report({
          bar: "R18",
          fault: "queue full",
          events: taken + 101,
          note: `${taken} taken, then rejected`,
        });
        assert(error instanceof EventRejectedError, String(error));
      } finally {
        gate.open();
        await run.broker.control("clear_policy", policy);
      }
    }),
});
