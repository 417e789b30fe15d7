/** R16: stopping under load, and when the broker does not take part. Each process ends by itself. */
import { assertEquals, assertLessOrEqual } from "@std/assert";
import { hasPrivateBroker } from "../support/broker.ts";
import { type FaultRun, sized, withBroker } from "../support/fault_run.ts";
import { FaultProxy } from "../support/fault_proxy.ts";
import { waitUntil } from "../support/wait_until.ts";
import type { WorkerProcess } from "../support/worker_process.ts";

/** A process whose transport has stopped is gone after this time. */
const EXIT_LIMIT_MS = sized(3000, 1000);

Deno.test({
  name: "R16: stop() under load loses nothing and repeats nothing",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(60_000, async (run) => {
      const rounds = sized(2, 10);
      const count = rounds * 3000;
      const plan = { prefetch: 100, concurrency: 50, takesMs: 2 };
      let handler = run.handler(plan);
      await handler.said("ready");
      const emitter = run.emitter({ count, perSecond: 2000, inFlight: 200 });
      const exits: number[] = [];

      for (let round = 1; round <= rounds; round++) {
        await run.waitForHandled((round - 0.5) * count / rounds);
        const successor = run.handler(plan);
        await successor.said("ready");
        const { code, report, exitMs } = await handler.stop();
        assertEquals([code, report], [0, { drained: true, unfinishedHandlers: 0, unsentEvents: 0 }]);
        exits.push(exitMs);
        handler = successor;
      }
      const { resolved } = await emitter.said("emitted");
      await run.waitForAll();
      const last = await handler.stop();
      const { code, exitMs } = await emitter.stop();

      const [emitted, handled] = [run.ledger("emit"), run.ledger("handle")];
      const slowest = Math.max(...exits, exitMs, last.exitMs);
      run.report({
        bar: "R16",
        fault: `stop under load x${rounds}`,
        events: count,
        lost: emitted.without(handled).length,
        duplicates: handled.duplicates,
        note: `the process ends ${slowest} ms after stop, at most`,
      });
      assertEquals([resolved, code, emitted.without(handled), handled.duplicates], [count, 0, [], 0]);
      assertLessOrEqual(slowest, EXIT_LIMIT_MS);
    }),
});

const DRAIN_MS = 1000;

interface Trouble {
  readonly name: string;
  /** Brings the worker into the state. */
  readonly make: (worker: WorkerProcess, proxy: FaultProxy, run: FaultRun) => Promise<void>;
  /** Whether it connects at all. */
  readonly connects: boolean;
}

const TROUBLES: readonly Trouble[] = [
  {
    name: "in a black hole",
    connects: true,
    async make(worker, proxy) {
      proxy.blackHole();
      await waitUntil("events are on their way", async () => (await worker.stats()).stats.pending > 0);
    },
  },
  {
    name: "while the broker is blocked",
    connects: true,
    async make(worker, _proxy, run) {
      await run.broker.setMemoryAlarm(true);
      const isBlocked = (): boolean =>
        worker.messages.some((message) => message.kind === "status" && message.state === "blocked");
      await waitUntil("the transport is blocked", isBlocked);
    },
  },
  { name: "before the first connection", connects: false, make: () => Promise.resolve() },
];

for (const { name, make, connects } of TROUBLES) {
  Deno.test({
    name: `R16: stop() ${name} returns in time and lets the process end`,
    ignore: !hasPrivateBroker(),
    fn: () =>
      withBroker(60_000, async (run) => {
        await using proxy = await FaultProxy.start(run.broker.port);
        if (!connects) proxy.blackHole();
        const plan = { count: 1_000_000, perSecond: 500, inFlight: 100 };
        const worker = run.emitter(plan, { waitForBroker: connects }, proxy.port, DRAIN_MS);
        try {
          await worker.said("ready");
          if (connects) await waitUntil("it emits", () => run.ledger("emit").distinct > 50);
          await make(worker, proxy, run);

          const { code, tookMs, exitMs, report } = await worker.stop();

          run.report({
            bar: "R16",
            fault: `stop ${name}`,
            note: `stop ${tookMs} ms, exit ${exitMs} ms later`,
          });
          assertEquals([code, report.drained], [0, false]);
          assertLessOrEqual(tookMs, DRAIN_MS + 5000);
          assertLessOrEqual(exitMs, EXIT_LIMIT_MS);
        } finally {
          if (name.includes("blocked")) await run.broker.setMemoryAlarm(false);
        }
      }),
  });
}
