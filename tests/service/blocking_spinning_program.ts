/** Leaves two threads to compute, on Deno, for so many milliseconds; then makes a call that waits for one of them. */
import process from "node:process";
import { Executor } from "../../src/service/executor.ts";

const SPIN =
  "data:text/javascript,export function spin(ms) { for (const end = Date.now() + ms; Date.now() < end;); }";

if (import.meta.main) {
  const executor = new Executor({ maxWorkers: 1, logger: { ...console, warn() {} } });
  const [ms, mode] = process.argv.slice(2);
  for (let round = 0; round < 2; round++) {
    await executor.run(SPIN, "spin", [Number(ms)], { timeoutMs: 1_000 }).catch(() => {});
  }
  const last = mode === "wait" ? executor.run(SPIN, "spin", [1]) : Promise.resolve();
  void last.then(() => process.stdout.write("over\n"));
}
