/** Memory stays flat, however many events pass. */
import { assertEquals, assertLessOrEqual } from "@std/assert";
import { hasPrivateBroker } from "../support/broker.ts";
import { sized, withBroker } from "../support/fault_run.ts";

const COUNT = sized(100_000, 1_000_000);
const PARTS = 5;
/** What is in use after a collection of garbage. */
const HEAP_GROWTH_LIMIT_MB = 5;
/** The first parts fill caches and let the runtime compile. */
const RESIDENT_GROWTH_LIMIT_MB = 40;

Deno.test({
  name: "memory of a process that emits and of one that handles is flat over many events",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(120_000, async (run) => {
      const handler = run.handler({ prefetch: 200, concurrency: 100 });
      await handler.said("ready");
      const emitter = run.emitter({ count: COUNT, inFlight: 300, padding: "x".repeat(200) });
      const samples = [
        { name: "emitter", worker: emitter, heapMb: [] as number[], residentMb: [] as number[] },
        { name: "handler", worker: handler, heapMb: [] as number[], residentMb: [] as number[] },
      ];

      for (let part = 1; part <= PARTS; part++) {
        await run.waitForHandled(part * COUNT / PARTS, 600_000);
        for (const { worker, heapMb, residentMb } of samples) {
          const { heapBytes, rssBytes } = await worker.stats();
          heapMb.push(toMb(heapBytes));
          residentMb.push(toMb(rssBytes));
        }
      }
      const { resolved } = await emitter.said("emitted");
      await run.waitForAll();

      assertEquals([resolved, run.ledger("emit").without(run.ledger("handle"))], [COUNT, []]);
      for (const { name, heapMb, residentMb } of samples) {
        const note = `MB after each fifth: heap ${heapMb.join(", ")}; resident ${residentMb.join(", ")}`;
        run.report({ bar: "memory", fault: `${name}, nothing goes wrong`, events: COUNT, lost: 0, note });
        assertLessOrEqual(heapMb.at(-1)! - heapMb[0]!, HEAP_GROWTH_LIMIT_MB, `${name}: ${note}`);
        assertLessOrEqual(residentMb.at(-1)! - residentMb[1]!, RESIDENT_GROWTH_LIMIT_MB, `${name}: ${note}`);
      }
    }),
});

function toMb(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
