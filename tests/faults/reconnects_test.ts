/** R21, R22: what many reconnects leave behind, and when many clients reconnect. */
import { assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import process from "node:process";
import { hasPrivateBroker } from "../support/broker.ts";
import { measureHeap } from "../support/collect_garbage.ts";
import { emitNumber, IS_LONG, sized, withBroker } from "../support/fault_run.ts";
import { FaultProxy } from "../support/fault_proxy.ts";
import { pause, waitUntil } from "../support/wait_until.ts";

Deno.test({
  name: "R21: many reconnects leave nothing behind",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(60_000, async (run) => {
      const [warmUp, rounds] = [5, sized(20, 200)];
      await using proxy = await FaultProxy.start(run.broker.port);
      const transport = await run.started({ connection: { minBackoffMs: 1, maxBackoffMs: 5 } }, proxy.port);
      const handled = new Set<number>();
      await transport.subscribe([run.subscription((number) => void handled.add(number))]);
      let before = { timers: 0, heapBytes: 0 };

      for (let round = 0; round < warmUp + rounds; round++) {
        await emitNumber(transport, run.event, round);
        await waitUntil("the event is handled", () => handled.has(round));
        if (round === warmUp) before = { timers: countTimers(), heapBytes: measureHeap() };
        proxy.resetAll();
      }
      await emitNumber(transport, run.event, -1);
      await waitUntil("the last event is handled", () => handled.has(-1));
      const after = { timers: countTimers(), heapBytes: measureHeap() };
      const during = proxy.connections;
      await transport.stop({ drainMs: 5000 });
      await waitUntil("no socket is left", () => proxy.connections === 0);

      const grownMb = Math.round((after.heapBytes - before.heapBytes) / 2 ** 20);
      run.report({
        bar: "R21",
        fault: `${rounds} forced reconnects`,
        events: warmUp + rounds + 1,
        lost: 0,
        note: `${during} sockets before stop, 0 after; timers +${
          after.timers - before.timers
        }; memory +${grownMb} MB`,
      });
      assertEquals(during, 2);
      // A test polls with one of its own.
      assertLessOrEqual(after.timers - before.timers, 2);
      assertLessOrEqual(grownMb, 10);
    }),
});

/** Only Node tells. */
function countTimers(): number {
  return "Deno" in globalThis
    ? 0
    : process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}

const SLOT_MS = 100;

Deno.test({
  name: "R22: many clients do not come back all at once when the broker restarts",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(90_000, async (run) => {
      const clients = 50;
      await using proxy = await FaultProxy.start(run.broker.port);
      const transports = Array.from({ length: clients }, () => run.transport({}, proxy.port));
      // In groups, so that a slow machine keeps up with so many at the start.
      for (let first = 0; first < clients; first += 10) {
        await Promise.all(transports.slice(first, first + 10).map((transport) => run.start(transport)));
      }
      proxy.arrivals.length = 0;

      if (IS_LONG) {
        await run.broker.kill();
        await run.broker.start();
      } else {
        proxy.admission = "reset";
        proxy.resetAll();
        await pause(2000);
        proxy.admission = "pass";
      }
      await waitUntil("all are back", () =>
        transports.every((transport) => transport.health().state === "up"), 60_000);

      const slots = new Map<number, number>();
      for (const arrival of proxy.arrivals) {
        const slot = Math.floor(arrival / SLOT_MS);
        slots.set(slot, (slots.get(slot) ?? 0) + 1);
      }
      const attempts = proxy.arrivals.length;
      const share = Math.max(...slots.values()) / attempts;
      run.report({
        bar: "R22",
        fault: `${clients} clients, ${sized("broker away for 2 s", "broker killed and started")}`,
        note: `${attempts} attempts, at most ${Math.round(100 * share)} % within ${SLOT_MS} ms`,
      });
      assertGreaterOrEqual(attempts, clients);
      assertLessOrEqual(share, 0.3);
    }),
});
