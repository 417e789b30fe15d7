/**
 * Runs the examples on Deno and on Node; `deno task ci` does it, and `deno task examples [idea]`.
 *
 * An example is a folder `examples/<idea>/` with a `main.ts`. It is started with `--port <free port>`. One that
 * listens there must end with code 0 on SIGTERM; one that finishes by itself must end with code 0. What it has to
 * answer or print is in its `check.ts`:
 *
 * ```ts
 * // Optional: environment variables without which the example can not run; it is skipped without them.
 * export const needs: string[] = ["REDIS_URL"];
 * // Optional: the ways to run it, by name, each with the arguments of one process or of several. One with
 * // $AMQP_URL needs a RabbitMQ; it is skipped where there is none.
 * export const runs: Record<string, string[][]> = { "over RabbitMQ": [["--amqp", "$AMQP_URL"]] };
 * // Optional: the queues that it leaves at the RabbitMQ.
 * export const queues: string[] = [];
 * // Called when the example listens or has finished; fails by throwing.
 * export async function check({ url }: { url: string }): Promise<void> {}
 * ```
 *
 * `check` may take `url`, `port`, `output()` and `printed()`, see {@linkcode RunningExample}.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import process from "node:process";
import { deleteQueues, findExampleBroker } from "./examples/broker.ts";
import { ExampleGroup, type RunningExample } from "./examples/group.ts";
import { NPM_IMPORTS } from "./tasks/imports.ts";
import { DENO } from "./tasks/process.ts";

interface ExampleCheck {
  needs?: string[];
  runs?: Record<string, string[][]>;
  queues?: string[];
  check?(example: RunningExample): void | Promise<void>;
}

const RUNTIMES: readonly (readonly [name: string, command: (idea: string) => string[]])[] = [
  ["Deno", (idea) => [DENO, "run", "-A", "--quiet", ...NPM_IMPORTS.flags, `examples/${idea}/main.ts`]],
  ["Node", (idea) => ["node", "--enable-source-maps", `npm/examples/${idea}/main.js`]],
];
const BROKER_PLACE = "$AMQP_URL";

const brokerUrl = await findExampleBroker();
for (const idea of await listIdeas()) {
  const example = await loadCheck(idea);
  for (const [way, lines] of Object.entries(example.runs ?? { "": [[]] })) {
    for (const [runtime, command] of RUNTIMES) {
      const missing = listMissing(example, lines);
      const reason = missing.length > 0 ? ` (skipped: needs ${missing.join(", ")})` : "";
      Deno.test({
        name: `examples/${idea} works on ${runtime}${way && `, ${way}`}${reason}`,
        ignore: missing.length > 0,
        // A check may leave a connection to the pool of fetch; the example itself is another process.
        sanitizeResources: false,
        fn: () => runExample(command(idea), lines, example),
      });
    }
  }
}

function listMissing({ needs = [] }: ExampleCheck, lines: readonly string[][]): string[] {
  const missing = needs.filter((name) => process.env[name] === undefined);
  return usesBroker(lines) && brokerUrl === undefined ? [...missing, "RabbitMQ"] : missing;
}

function usesBroker(lines: readonly string[][]): boolean {
  return lines.flat().includes(BROKER_PLACE);
}

async function runExample(
  command: string[],
  lines: readonly string[][],
  { queues = [], check }: ExampleCheck,
): Promise<void> {
  const toArgument = (text: string): string => text === BROKER_PLACE ? brokerUrl! : text;
  const example = await ExampleGroup.start(command, lines.map((line) => line.map(toArgument)));
  try {
    await checkExample(example, check);
  } finally {
    if (usesBroker(lines)) await deleteQueues(brokerUrl!, queues);
  }
}

async function checkExample(example: ExampleGroup, check: ExampleCheck["check"]): Promise<void> {
  try {
    await example.ready();
    await check?.(example);
  } catch (error) {
    await example.stop().catch(() => undefined);
    throw new Error(`${error instanceof Error ? error.message : error}\n${example.output()}`, {
      cause: error,
    });
  }
  await example.stop();
}

async function listIdeas(): Promise<string[]> {
  const wanted = Deno.args;
  const entries = existsSync("examples") ? await readdir("examples", { withFileTypes: true }) : [];
  return entries.filter((entry) => entry.isDirectory() && existsSync(`examples/${entry.name}/main.ts`))
    .map(({ name }) => name)
    .filter((name) => wanted.length === 0 || wanted.includes(name))
    .sort();
}

async function loadCheck(idea: string): Promise<ExampleCheck> {
  const path = new URL(`../examples/${idea}/check.ts`, import.meta.url);
  return existsSync(path) ? await import(path.href) as ExampleCheck : {};
}
