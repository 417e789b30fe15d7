/**
 * The tasks of deno.json: `deno task <name> [arguments]`.
 *
 * Each runs on a machine that has only Node and npm, as `npx --yes deno@2 task <name>`. So this file and
 * `scripts/tasks/` import nothing but `node:` modules, and start whatever needs more as a process of its own.
 *
 * @module
 */
import process from "node:process";
import { say } from "./tasks/say.ts";

type Task = (args: string[]) => Promise<number>;

const TASKS = new Map<string, () => Promise<Task>>([
  ["start", async () => (await import("./tasks/programs.ts")).start],
  ["fixture", async () => (await import("./tasks/programs.ts")).fixture],
  ["fixture:node", async () => (await import("./tasks/programs.ts")).fixtureOnNode],
  ["bench", async () => (await import("./tasks/programs.ts")).bench],
  ["bench:events", async () => (await import("./tasks/programs.ts")).benchEvents],
  ["build:npm", async () => (await import("./tasks/programs.ts")).buildNpm],
  ["layers", async () => (await import("./tasks/programs.ts")).layers],
  ["test", async () => (await import("./tasks/test.ts")).test],
  ["test:browser", async () => (await import("./tasks/browser.ts")).browser],
  ["test:faults", async () => (await import("./tasks/faults.ts")).faults],
  ["soak", async () => (await import("./tasks/soak.ts")).soak],
  ["services", async () => (await import("./tasks/programs.ts")).services],
  ["examples", async () => (await import("./tasks/examples.ts")).examples],
  ["ok", async () => (await import("./tasks/ok.ts")).ok],
  ["ci", async () => (await import("./tasks/ok.ts")).ci],
]);

const [name = "", ...args] = process.argv.slice(2);
const load = TASKS.get(name);
if (load === undefined) {
  say(`Cannot run task "${name}": there are ${[...TASKS.keys()].join(", ")}`);
  process.exit(2);
}
process.exit(await (await load())(args));
