/** Executors for tests, and what they run. */
import { Executor, type ExecutorOptions } from "../../src/service/executor.ts";
import { createMemoryLogger, type MemoryLogger } from "../support/service.ts";
import { waitUntil } from "../support/wait_until.ts";

/** The module that is run. */
export const TASKS: string = new URL("./blocking_tasks.ts", import.meta.url).href;

/** An executor that ends with the test. */
export class TestExecutor extends Executor {
  /** Where it logs. */
  readonly memory: MemoryLogger;
  readonly #counters: Int32Array[] = [];

  constructor(options: Partial<ExecutorOptions> = {}) {
    const memory = createMemoryLogger();
    super({ maxWorkers: 2, logger: memory, ...options });
    this.memory = memory;
  }

  /** Runs a function of the module. */
  task(name: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.run(TASKS, name, args);
  }

  /** Runs a method of a class of the module. */
  method(className: string | undefined, method: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.runMethod(TASKS, className, method, args);
  }

  /** Makes a counter whose `spin` ends with the test: on Deno it does not end with its worker. */
  createCounter(): Int32Array {
    const counter = createCounter();
    this.#counters.push(counter);
    return counter;
  }

  /** Starts a call that computes until it is let go, and ends it when it has begun. Returns what lets it go. */
  async abandonSpin(): Promise<Int32Array> {
    const begun = this.createCounter();
    const abort = new AbortController();
    const spinning = this.run(TASKS, "spin", [begun], { signal: abort.signal });
    await counted(begun, 1);
    abort.abort();
    await spinning.catch(() => {});
    return begun;
  }

  /** Waits until all threads that were ended are gone. */
  async settled(): Promise<void> {
    this.#counters.forEach(letGo);
    await waitUntil("all are gone", () => this.stats.ending === 0 && this.stats.threads === 0);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    this.#counters.forEach(letGo);
    await this.stop(0);
    await this.settled();
  }
}

/** A number that workers share with the test, and one by which the test lets them go. */
export function createCounter(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(8));
}

/** Lets `spin` end. */
export function letGo(counter: Int32Array): void {
  Atomics.store(counter, 1, 1);
}

/** Waits until workers have counted so far. */
export async function counted(counter: Int32Array, count: number): Promise<void> {
  await waitUntil(`${count} are counted`, () => Atomics.load(counter, 0) >= count);
}

/** Lets those go on that wait at a gate. */
export function open(gate: Int32Array): void {
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
}
