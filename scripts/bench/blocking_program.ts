/**
 * Work on worker threads and on the event loop, in turns. Prints what it measured as JSON.
 *
 * @module
 */
import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { type Executor, exposedMethod, type Logger, MicroService } from "@gemstone/gemstone";
import { percentile } from "./statistics.ts";

/** What the program prints. */
export interface BlockingTimes {
  /** How long the same work took on the event loop, in milliseconds, one value a round. */
  readonly inlineMs: number[];
  /** How long it took on two workers, in milliseconds, one value a round. */
  readonly workersMs: number[];
  /** The 99th percentile of a light call over HTTP, in milliseconds, while there is nothing else to do. */
  readonly idleP99Ms: number;
  /** The same while both workers are busy. */
  readonly workersP99Ms: number;
  /** The same while the event loop does that work. */
  readonly inlineP99Ms: number;
  /** How long a message to a thread of the runtime and its echo took, without us, in microseconds: the median. */
  readonly echoUs: number;
  /** How long an empty blocking call took, in microseconds: the median. */
  readonly emptyUs: number;
  /** The heap in bytes, without garbage, after a few calls on workers and after many. */
  readonly heapBytes: readonly [few: number, many: number];
  /** How many workers were left when the executor had stopped. */
  readonly workersLeft: number;
}

/** The work as a module of its own: on Node the program is one file, and data need no file at all. */
const TASKS = `data:text/javascript,${
  encodeURIComponent(`
    export function burn(steps) {
      let value = 1;
      for (let step = 0; step < steps; step++) value = (value * 48271) % 2147483647;
      return value;
    }
    export function nothing() {}
  `)
}`;

/** A worker of the runtime that does nothing but answer. */
const ECHO = `data:text/javascript,${
  encodeURIComponent(`
    import { parentPort } from "node:worker_threads";
    parentPort.on("message", (message) => parentPort.postMessage(message));
  `)
}`;

const PARTS = 8;
/** How long a light call waits for the one before it, in milliseconds. */
const PAUSE_MS = 2;
const LIGHT_CALLS = 400;
const EMPTY_CALLS = 5_000;
const MANY_CALLS = 10_000;
const BODY = '{"jsonrpc":"2.0","method":"ping","id":1}';

class Bench extends MicroService {
  override name = "blocking_bench";
  override port = 0;
  override skipConfiguration = true;
  override maxParallelBlockingTasks = 2;

  override getLogger(): Logger {
    return { debug() {}, info() {}, warn() {}, error() {} };
  }

  @exposedMethod()
  ping(): string {
    return "pong";
  }
}

type Burn = (steps: number) => number;

/** Finds how many steps take about 40 ms on this machine. */
function calibrate(burn: Burn): number {
  burn(1e6);
  const startedAt = performance.now();
  burn(1e7);
  return Math.round(40 / (performance.now() - startedAt) * 1e7);
}

async function timeMs(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function burnInline(burn: Burn, steps: number): Promise<void> {
  for (let part = 0; part < PARTS; part++) {
    burn(steps);
    await pause(0);
  }
}

async function burnInWorkers(executor: Executor, steps: number): Promise<void> {
  await Promise.all(Array.from({ length: PARTS }, () => executor.run(TASKS, "burn", [steps])));
}

/**
 * The 99th percentile of light calls, one every few milliseconds, while something else goes on. The time of each
 * begins when it is due: a call that can not even begin, because the event loop is busy, waits like any other.
 */
async function measureLight(url: string, background?: () => Promise<void>): Promise<number> {
  let isOver = false;
  const goOn = async (): Promise<void> => {
    while (background !== undefined && !isOver) await background();
  };
  const ended = goOn();
  const times: number[] = [];
  const init = { method: "POST", body: BODY, headers: { "content-type": "application/json" } };
  for (let call = 0; call < LIGHT_CALLS; call++) {
    const dueAt = performance.now() + PAUSE_MS;
    await pause(PAUSE_MS);
    const response = await fetch(url, init);
    await response.text();
    times.push(performance.now() - dueAt);
  }
  isOver = true;
  await ended;
  return percentile(times, 0.99);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function measureEmpty(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let call = 0; call < EMPTY_CALLS; call++) times.push(await timeMs(work));
  return percentile(times.slice(EMPTY_CALLS / 5), 0.5) * 1_000;
}

async function measureEcho(): Promise<number> {
  const worker = new Worker(new URL(ECHO));
  try {
    return await measureEmpty(() =>
      new Promise((resolve) => {
        worker.once("message", resolve);
        worker.postMessage({ id: 1 });
      })
    );
  } finally {
    await worker.terminate();
  }
}

async function measureMemory(executor: Executor): Promise<[few: number, many: number]> {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const heapAfter = async (calls: number): Promise<number> => {
    for (let call = 0; call < calls; call++) await executor.run(TASKS, "nothing", [call]);
    await pause(50);
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  return [await heapAfter(MANY_CALLS / 10), await heapAfter(MANY_CALLS)];
}

async function main(rounds: number): Promise<void> {
  const service = new Bench();
  await service.start({ args: [] });
  const executor = service.getExecutor();
  const { burn } = await import(TASKS) as { burn: Burn };
  const steps = calibrate(burn);
  await burnInWorkers(executor, steps);
  const [inlineMs, workersMs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    inlineMs.push(await timeMs(() => burnInline(burn, steps)));
    workersMs.push(await timeMs(() => burnInWorkers(executor, steps)));
  }
  await measureLight(service.url);
  const times = {
    inlineMs,
    workersMs,
    idleP99Ms: await measureLight(service.url),
    workersP99Ms: await measureLight(service.url, () => burnInWorkers(executor, steps)),
    inlineP99Ms: await measureLight(service.url, () => burnInline(burn, steps)),
    echoUs: await measureEcho(),
    emptyUs: await measureEmpty(() => executor.run(TASKS, "nothing")),
    heapBytes: await measureMemory(executor),
  };
  await service.stop();
  const result: BlockingTimes = { ...times, workersLeft: executor.stats.workers };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

await main(Number(process.argv[2]));
