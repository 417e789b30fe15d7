/**
 * How the programs of the soak take orders: a line of JSON with a name and an argument on standard input, answered in
 * order with one on standard output.
 *
 * @module
 */
import process from "node:process";
import { createInterface } from "node:readline";

/** An order. */
export interface Order {
  readonly name: string;
  readonly argument?: unknown;
}

/** What a program does when it is told to; what comes out is the answer. */
// deno-lint-ignore no-explicit-any -- each order knows what its argument is
export type Orders = Readonly<Record<string, (argument: any) => unknown>>;

/**
 * Takes orders until SIGTERM: from then on nothing here keeps the process alive. It ends with its maker in any case.
 *
 * @param orders What it can do.
 * @param ready The first line.
 */
export function takeOrders(orders: Orders, ready: unknown): void {
  const lines = createInterface({ input: process.stdin });
  let isOver = false;
  let last: Promise<void> = Promise.resolve();
  process.once("SIGTERM", () => {
    isOver = true;
    lines.close();
    process.stdin.destroy();
  });
  // Ctrl-C reaches all processes of a terminal; the one that made this one ends it.
  process.on("SIGINT", () => {});
  lines.on("close", () => {
    if (!isOver) process.exit(2);
  });
  lines.on("line", (line) => {
    const { name, argument } = JSON.parse(line) as Order;
    last = last.then(async () => say(await orders[name]!(argument) ?? null));
  });
  say(ready);
}

function say(answer: unknown): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
