/** R10, R11: processes of handlers die. */
import { assertEquals, assertLessOrEqual } from "@std/assert";
import { hasPrivateBroker } from "../support/broker.ts";
import { Ledger } from "../support/event_ledger.ts";
import { emitNumber, type FaultRun, IS_LONG, sized, withBroker } from "../support/fault_run.ts";
import { FaultProxy } from "../support/fault_proxy.ts";
import { drainQueue, inspectQueue } from "../support/raw_amqp.ts";
import { createGate } from "../support/service.ts";
import { waitUntil } from "../support/wait_until.ts";

/** How often RabbitMQ delivers an event that is never settled: once, and 20 times again. */
const MOST_DELIVERIES = 21;

Deno.test({
  name: "R10: handlers that are killed again and again lose no group event",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(60_000, async (run) => {
      const [count, kills, prefetch] = [sized(3000, 50_000), sized(3, 20), 32];
      const plan = { prefetch, concurrency: prefetch, takesMs: 1 };
      let handler = run.handler(plan);
      await handler.said("ready");
      const emitter = run.emitter({ count, inFlight: 200, perSecond: sized(2000, 1000) });

      for (let kill = 1; kill <= kills; kill++) {
        await run.waitForHandled(kill * count / (kills + 1), 300_000);
        await handler.kill();
        handler = run.handler(plan);
      }
      const { resolved } = await emitter.said("emitted", 300_000);
      await run.waitForAll();

      const [emitted, handled] = [run.ledger("emit"), run.ledger("handle")];
      const { code } = await handler.stop();
      run.report({
        bar: "R10",
        fault: `handler killed (SIGKILL) ${kills} times, prefetch ${prefetch}`,
        events: count,
        lost: emitted.without(handled).length,
        duplicates: handled.duplicates,
      });
      assertEquals([resolved, emitted.without(handled), code], [count, [], 0]);
      assertLessOrEqual(handled.duplicates, kills * prefetch);
    }),
});

/** A handler that dies of one event. */
interface Victim {
  /** Resolves when the event has come to it. */
  readonly dies: Promise<unknown>;
  /** Ends it, dead or alive, without a word to the broker. */
  end(): Promise<void>;
}

const DEADLY = 7;

/** A process of its own, which kills itself. */
function startProcess(run: FaultRun): Victim {
  const worker = run.handler({ killAt: DEADLY });
  return { dies: worker.ended(300_000), end: () => worker.kill() };
}

/** In this process: to the broker a connection that is cut looks the same, and it takes a tenth of the time. */
async function startHere(run: FaultRun, handled: number[]): Promise<Victim> {
  const proxy = run.use(await FaultProxy.start(run.broker.port));
  const transport = await run.started({}, proxy.port);
  const death = createGate();
  await transport.subscribe([run.subscription((number) => {
    handled.push(number);
    if (number !== DEADLY) return undefined;
    death.open();
    return new Promise(() => {});
  })]);
  return {
    dies: death.promise,
    async end(): Promise<void> {
      proxy.resetAll();
      await transport.stop({ drainMs: 0 });
    },
  };
}

Deno.test({
  name: "R11: an event that kills its handler is dead-lettered, and the others are handled",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(120_000, async (run) => {
      const count = sized(20, 200);
      const handledHere: number[] = [];
      const start = async (): Promise<Victim> =>
        IS_LONG ? startProcess(run) : await startHere(run, handledHere);
      const handled = (): Ledger => IS_LONG ? run.ledger("handle") : new Ledger(handledHere);
      const isOver = async (): Promise<boolean> =>
        handled().distinct === count &&
        (await inspectQueue(run.broker.url, run.deadLetterQueue)).messages > 0;
      const emitter = await run.started();
      // There must be a queue before events are emitted.
      const first = await run.started();
      await first.subscribe([run.subscription(() => {})]);
      await first.stop({ drainMs: 1000 });
      await Promise.all(Array.from({ length: count }, (_, n) => emitNumber(emitter, run.event, n)));

      let deaths = 0;
      for (let isDead = true; isDead;) {
        const victim = await start();
        isDead = false;
        victim.dies.then(() => isDead = true);
        await waitUntil("it dies, or there is nothing left to die of", async () => isDead || await isOver());
        if (isDead) deaths++;
        await victim.end();
        assertLessOrEqual(deaths, MOST_DELIVERIES);
      }

      const [dead] = await drainQueue(run.broker.url, run.deadLetterQueue);
      run.report({
        bar: "R11",
        fault: `one event kills each ${sized("handler", "process")} that handles it`,
        events: count,
        lost: count - handled().distinct,
        duplicates: handled().duplicates - deaths + 1,
        note: `dead-lettered after ${deaths} deliveries`,
      });
      assertEquals([deaths, handled().distinct], [MOST_DELIVERIES, count]);
      assertEquals(dead?.properties.messageId, `event-${DEADLY}`);
    }),
});
