/**
 * Asynchronous methods, and heavy work that does not hold up the others.
 *
 * ```sh
 * deno run -A examples/blocking/main.ts --port 8000
 *
 * # The first call computes for a while on a thread; the second is answered meanwhile.
 * curl -X POST -H "Content-Type: application/json" http://127.0.0.1:8000/api \
 *   -d '{"jsonrpc": "2.0", "id": 1, "method": "primes.count", "params": {"below": 20000000}}' &
 * curl -X POST -H "Content-Type: application/json" http://127.0.0.1:8000/api \
 *   -d '{"jsonrpc": "2.0", "id": 2, "method": "say_hello", "params": ["world"]}'
 * ```
 *
 * @module
 */
import { exposedMethod, MicroService } from "@gemstone/gemstone";
import { setTimeout as pause } from "node:timers/promises";
import { countPrimes } from "./primes.ts";

export class ComputingService extends MicroService {
  override name = "computing";
  override maxParallelBlockingTasks = 2;

  /** Other calls are answered while this one waits. */
  @exposedMethod()
  async say_hello(name: string): Promise<string> {
    await pause(10);
    return `hello ${name}`;
  }

  /** Computes on a thread, which imports this module. The name on the wire is another one. */
  @exposedMethod({ name: "primes.count", blocking: import.meta.url })
  countPrimes(below: number): number {
    return countPrimes(0, below);
  }

  /** Shares the work among two threads: any exported function can run there. */
  @exposedMethod("primes.count_shared")
  async countShared(below: number): Promise<number> {
    const module = new URL("./primes.ts", import.meta.url);
    const middle = Math.ceil(below * 0.6);
    const counts = await Promise.all(
      [[0, middle], [middle, below]].map((range) => this.getExecutor().run(module, "countPrimes", range)),
    );
    return counts.reduce<number>((sum, count) => sum + Number(count), 0);
  }
}

if (import.meta.main) await new ComputingService().start();
