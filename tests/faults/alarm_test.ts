/** R9: the broker is short of memory and takes no more events. */
import { assert, assertEquals } from "@std/assert";
import { hasPrivateBroker } from "../support/broker.ts";
import { emitNumber, sized, withBroker } from "../support/fault_run.ts";
import { createGate } from "../support/service.ts";
import { pause, waitUntil } from "../support/wait_until.ts";

Deno.test({
  name: "R9: during a memory alarm handlers go on, and what is emitted is confirmed afterwards",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(60_000, async (run) => {
      const before = 200;
      const during = 300;
      const transport = await run.started({ publishing: { timeoutMs: 300_000, confirmWatchdogMs: 500 } });
      const states: string[] = [];
      transport.onStatus(({ state }) => states.push(state));
      const gate = createGate();
      const handled = new Set<number>();
      await transport.subscribe([run.subscription(async (number) => {
        await gate.promise;
        handled.add(number);
      })]);
      await Promise.all(Array.from({ length: before }, (_, n) => emitNumber(transport, run.event, n)));
      let confirmed = 0;

      await run.broker.setMemoryAlarm(true);
      try {
        const emits = Array.from({ length: during }, async (_, n) => {
          await emitNumber(transport, run.event, before + n);
          confirmed++;
        });
        await waitUntil("the transport is blocked", () => states.includes("blocked"));
        gate.open();
        await waitUntil("what was in the queue is handled", () => handled.size >= before);
        // Longer than the watchdog, which must not take this for a dead connection.
        await pause(sized(1500, 30_000));
        assertEquals([confirmed, handled.size, transport.health().state], [0, before, "degraded"]);
        await run.broker.setMemoryAlarm(false);
        await Promise.all(emits);
      } finally {
        await run.broker.setMemoryAlarm(false);
      }
      await waitUntil("all is handled", () => handled.size === before + during);

      run.report({ bar: "R9", fault: "memory alarm", events: before + during, lost: 0, duplicates: 0 });
      assert(!states.includes("down"), states.join());
      assertEquals(states.at(-1), "up");
    }),
});
