/** Uses an executor and leaves it to itself: its process must end all the same. */
import process from "node:process";
import { Executor } from "../../src/service/executor.ts";

if (import.meta.main) {
  const executor = new Executor({ maxWorkers: 2, idleMs: Infinity, logger: console });
  const module = process.argv[2] ?? "";
  try {
    process.stdout.write(`${await executor.run(module, "add", [1, 2])}\n`);
  } catch (error) {
    process.stdout.write(`${error}\n`);
    // A warning that calls wait would come after a second.
    await new Promise((resolve) => setTimeout(resolve, 1300));
  }
}
