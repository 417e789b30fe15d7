/** R15: more is emitted than can be sent. */
import { assertEquals, assertLessOrEqual } from "@std/assert";
import { EventBufferFullError } from "@gemstone/gemstone";
import { hasPrivateBroker } from "../support/broker.ts";
import { measureHeap } from "../support/collect_garbage.ts";
import { emitNumber, withBroker } from "../support/fault_run.ts";
import { FaultProxy } from "../support/fault_proxy.ts";
import { waitUntil } from "../support/wait_until.ts";

const LIMIT = 10_000;
const COUNT = 2 * LIMIT;

Deno.test({
  name: "R15: while the broker is away so many events are kept, in order, and the others rejected at once",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(60_000, async (run) => {
      await using proxy = await FaultProxy.start(run.broker.port);
      const transport = await run.started(
        { publishing: { bufferEvents: LIMIT, bufferBytes: 1 << 30, timeoutMs: 120_000 } },
        proxy.port,
      );
      const handled: number[] = [];
      await transport.subscribe([
        run.subscription((number) => void handled.push(number), { concurrency: 1, prefetch: 200 }),
      ]);
      // What a process needs anyway, it has then.
      const warmUp = Array.from({ length: 5000 }, (_, n) => emitNumber(transport, run.event, COUNT + n));
      await Promise.all(warmUp);
      await waitUntil("the first events are handled", () => handled.length === warmUp.length);
      handled.length = 0;
      proxy.refuse();
      proxy.resetAll();
      await waitUntil("the loss is noticed", () => transport.health().state !== "up");

      const heapBefore = measureHeap();
      const started = performance.now();
      const accepted: Promise<number>[] = [];
      let refused = 0;
      for (let n = 0; n < COUNT; n++) {
        const emit = emitNumber(transport, run.event, n).then(() => n);
        if (n < LIMIT) accepted.push(emit);
        else await emit.catch((error) => refused += Number(error instanceof EventBufferFullError));
      }
      const tookMs = performance.now() - started;
      const grownBytes = measureHeap() - heapBefore;
      await proxy.listen();
      await Promise.all(accepted);
      await waitUntil("all is handled", () => handled.length >= LIMIT);

      const grownMb = Math.round(grownBytes / 2 ** 20);
      run.report({
        bar: "R15",
        fault: `${COUNT} emitted while the broker is away, buffer ${LIMIT}`,
        events: COUNT,
        lost: 0,
        note: `${refused} refused; ${(tookMs / COUNT).toFixed(3)} ms each; memory +${grownMb} MB`,
      });
      assertEquals(refused, COUNT - LIMIT);
      assertEquals(handled, Array.from({ length: LIMIT }, (_, n) => n));
      assertLessOrEqual(tookMs / COUNT, 1);
      assertLessOrEqual(grownMb, 40);
    }),
});
