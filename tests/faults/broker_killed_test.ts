/** R1, R2: the broker goes away and comes back. Emitters and handlers are processes of their own. */
import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { hasPrivateBroker } from "../support/broker.ts";
import { type FaultRun, sized, withBroker } from "../support/fault_run.ts";
import { pause } from "../support/wait_until.ts";
import type { WorkerProcess } from "../support/worker_process.ts";

/** A broker on a slow machine may take longer to come back than an emit waits by default. */
const EMIT_LIMIT_MS = 300_000;
const PER_SECOND = 2000;
const IN_FLIGHT = 200;
const PREFETCH = 100;

interface Traffic {
  readonly handler: WorkerProcess;
  readonly emitter: WorkerProcess;
}

async function startTraffic(run: FaultRun, count: number): Promise<Traffic> {
  const handler = run.handler({ prefetch: PREFETCH, concurrency: PREFETCH });
  await handler.said("ready");
  await run.broker.settle();
  const plan = { count, perSecond: PER_SECOND, inFlight: IN_FLIGHT, timeoutMs: EMIT_LIMIT_MS };
  const emitter = run.emitter(plan, { publishing: { timeoutMs: EMIT_LIMIT_MS } });
  return { handler, emitter };
}

/** Waits for the end and checks that nothing is missing; returns how many were handled twice, or recognised as such. */
async function checkNothingLost(run: FaultRun, { handler, emitter }: Traffic, count: number) {
  const { resolved, errors } = await emitter.said("emitted", EMIT_LIMIT_MS);
  await run.waitForAll();
  const { stats } = await handler.stats();
  const [emitted, handled] = [run.ledger("emit"), run.ledger("handle")];
  assertEquals({ resolved, errors }, { resolved: count, errors: {} });
  assertEquals(emitted.without(handled), [], "events were lost");
  assert(handled.numbers.every((number) => number < count), "an event that nobody emitted was handled");
  for (const worker of [emitter, handler]) {
    const { code, report } = await worker.stop();
    assertEquals({ code, drained: report.drained }, { code: 0, drained: true }, worker.stderr);
  }
  return { lost: 0, handledTwice: handled.duplicates, recognised: stats.duplicates };
}

Deno.test({
  name: "R1: a broker that is killed again and again loses no group event",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(150_000, async (run) => {
      const [count, kills] = [sized(10_000, 100_000), sized(2, 10)];
      const traffic = await startTraffic(run, count);
      const recoveries: number[] = [];

      for (let kill = 1; kill <= kills; kill++) {
        await run.waitForHandled(kill * count / (kills + 1), EMIT_LIMIT_MS);
        await run.broker.kill();
        await run.broker.start();
        recoveries.push(await run.timeToNext(count));
      }
      const { lost, handledTwice, recognised } = await checkNothingLost(run, traffic, count);

      const recoveryMs = Math.max(...recoveries);
      run.report({
        bar: "R1",
        fault: `broker killed (SIGKILL) ${kills} times at ${PER_SECOND} events/s`,
        events: count,
        lost,
        duplicates: handledTwice,
        recoveryMs,
        note:
          `${recognised} repeated deliveries recognised and not handled; recovery counts from the open port`,
      });
      // What the emitter had on its way, and what the handler had not acknowledged.
      assertLessOrEqual(handledTwice + recognised, (IN_FLIGHT + PREFETCH) * kills);
      assertLessOrEqual(handledTwice, 1000);
      assertLessOrEqual(recoveryMs, sized(15_000, 3000));
    }),
});

Deno.test({
  name: "R2: a broker that stops in an orderly way, or cuts its connections, loses no group event",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(150_000, async (run) => {
      const { broker } = run;
      const faults: [name: string, times: number, fault: () => Promise<unknown>][] = [
        ["stop_app, start_app", sized(1, 5), async () => {
          await broker.control("stop_app");
          await broker.control("start_app");
        }],
        ["SIGTERM, start", sized(1, 2), async () => {
          await broker.terminate();
          await broker.start();
        }],
        ["close_all_connections", sized(2, 20), () => broker.control("close_all_connections", "a test")],
      ];
      const steps = faults.flatMap(([name, times, fault]) => Array(times).fill({ name, fault }));
      const count = steps.length * 3000;
      const traffic = await startTraffic(run, count);

      for (const [index, { name, fault }] of steps.entries()) {
        await run.waitForHandled(index * 3000 + 500, EMIT_LIMIT_MS);
        const before = countLosses(traffic);
        await fault();
        await run.timeToNext(count);
        await pause(100);
        // Once for each of the two, though the handler has two connections.
        assertLessOrEqual(countLosses(traffic) - before, 2, name);
      }
      const { lost, handledTwice, recognised } = await checkNothingLost(run, traffic, count);

      run.report({
        bar: "R2",
        fault: faults.map(([name, times]) => `${name} x${times}`).join("; "),
        events: count,
        lost,
        duplicates: handledTwice,
        note: `${recognised} repeated deliveries recognised`,
      });
    }),
});

/** How often a transport that was up has said that it is not. */
function countLosses({ handler, emitter }: Traffic): number {
  return [handler, emitter].map(({ messages }) => {
    const states = messages.filter((message) => message.kind === "status").map(({ state }) => state);
    return states.filter((state, index) => state === "down" && states[index - 1] === "up").length;
  }).reduce((sum, losses) => sum + losses, 0);
}
