/**
 * Runs a program and answers questions about the process. Each line of standard input is one of `run <URL>`,
 * `cpu` and `memory`; the program has nothing on its own command line.
 *
 * It is used where the operating system can not answer: memory after a collection of garbage, and processor
 * time where there is no /proc.
 *
 * @module
 */
import process from "node:process";
import { createInterface } from "node:readline";

createInterface({ input: process.stdin }).on("line", async (line) => {
  if (line.startsWith("run ")) await import(line.slice(4));
  else process.stdout.write(`${line === "cpu" ? readCpuTimeMs() : JSON.stringify(readMemory())}\n`);
});

function readCpuTimeMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function readMemory(): { rss: number; heapUsed: number } {
  const collect = (globalThis as { gc?: () => void }).gc;
  // Objects with finalizers need a second round.
  collect?.();
  collect?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heapUsed };
}
