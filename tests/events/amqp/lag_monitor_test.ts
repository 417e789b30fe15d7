import { assert, assertEquals } from "@std/assert";
import { LagMonitor } from "../../../src/events/amqp/lag_monitor.ts";

/** Blocks the event loop. */
function block(durationMs: number): void {
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs);
}

Deno.test("LagMonitor tells how long the event loop stood still", async () => {
  let tell = (_lagMs: number): void => {};
  const told = new Promise<number>((resolve) => tell = resolve);
  const monitor = new LagMonitor({ limitMs: 100, onLag: (lagMs) => tell(lagMs) });
  // The monitor itself keeps no process alive.
  const alive = setInterval(() => {}, 1000);

  monitor.start();
  block(400);
  const lag = await told;

  monitor.stop();
  clearInterval(alive);
  assert(lag > 100 && lag < 2000, `${lag}`);
});

Deno.test("LagMonitor leaves no timer when it is stopped, and may be stopped twice", () => {
  const lags: number[] = [];
  const monitor = new LagMonitor({ limitMs: 1000, onLag: (lagMs) => void lags.push(lagMs) });

  monitor.start();
  monitor.start();
  monitor.stop();
  monitor.stop();

  assertEquals(lags, []);
});
