/**
 * A service that tells what it offers, and counts its calls.
 *
 * ```sh
 * deno run -A examples/statistics/main.ts --port 8000
 *
 * curl -X POST -H "Content-Type: application/json" http://127.0.0.1:8000/api \
 *   -d '{"jsonrpc": "2.0", "id": 1, "method": "add", "params": [1, 2]}'
 * # What it offers: methods with their texts, and the events that it handles.
 * curl -X POST -H "Content-Type: application/json" http://127.0.0.1:8000/api \
 *   -d '{"jsonrpc": "2.0", "id": 2, "method": "get_service_specs"}'
 * # How often each method was called, how often it failed and how long it took, in seconds.
 * curl -X POST -H "Content-Type: application/json" http://127.0.0.1:8000/api \
 *   -d '{"jsonrpc": "2.0", "id": 3, "method": "statistics"}'
 * ```
 *
 * @module
 */
import { exposedMethod, MicroService, RpcError } from "@gemstone/gemstone";

export class CountedService extends MicroService {
  override name = "counted";
  /** Exposes `get_service_specs`. It is off by default: it lists private methods, too. */
  override useIntrospection = true;
  /** Exposes `statistics`. It is off by default, because counting costs a little of each call. */
  override useStatistics = true;

  @exposedMethod({ summary: "Adds two numbers." })
  add(a: number, b: number): number {
    return a + b;
  }

  @exposedMethod({ summary: "Divides.", description: "Fails for 0.", deprecated: true })
  divide(a: number, b: number): number {
    if (b === 0) throw new RpcError(1, "Division by zero");
    return a / b;
  }
}

if (import.meta.main) await new CountedService().start();
