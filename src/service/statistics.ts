/**
 * Counts the calls of a service, as the original did up to 0.11.
 *
 * @module
 */
import type { JsonObject } from "../json.ts";
import { isThenable } from "../rpc/call.ts";
import type { RpcMethod } from "../rpc/method.ts";

/** The figures of one method. */
interface MethodFigures {
  total_calls: number;
  average_resp_time: number;
  success_calls: number;
  failed_calls: number;
}

/** Counts calls that reach their method; unknown, denied and invalid ones do not. */
export class CallStatistics {
  readonly #startedAt: number = performance.now();
  readonly #figures: Map<string, MethodFigures> = new Map();

  /**
   * Makes a method count its calls.
   *
   * @param method The method.
   * @returns The counting method.
   */
  count<Context>(method: RpcMethod<Context>): RpcMethod<Context> {
    const figures = { total_calls: 0, average_resp_time: 0, success_calls: 0, failed_calls: 0 };
    this.#figures.set(method.name, figures);
    const invoke: RpcMethod<Context>["invoke"] = (args, context) => {
      const begin = performance.now();
      const end = (isSuccess: boolean) => {
        const seconds = (performance.now() - begin) / 1000;
        figures.total_calls++;
        figures[isSuccess ? "success_calls" : "failed_calls"]++;
        figures.average_resp_time += (seconds - figures.average_resp_time) / figures.total_calls;
      };
      try {
        const result = method.invoke(args, context);
        if (!isThenable(result)) {
          end(true);
          return result;
        }
        // Kept as one promise: a thenable may begin anew with each `then`.
        const settled = Promise.resolve(result);
        settled.then(() => end(true), () => end(false));
        return settled;
      } catch (error) {
        end(false);
        throw error;
      }
    };
    return { ...method, invoke };
  }

  /**
   * Returns the figures, in seconds; the names are those of the original.
   *
   * @returns `{ total_runtime, method_calls_count, method_calls: { <method>: { total_calls, … } } }`.
   */
  toJson(): JsonObject {
    const called = [...this.#figures].filter(([, { total_calls }]) => total_calls > 0);
    return {
      total_runtime: (performance.now() - this.#startedAt) / 1000,
      method_calls_count: called.reduce((sum, [, { total_calls }]) => sum + total_calls, 0),
      method_calls: Object.fromEntries(called.map(([name, figures]) => [name, { ...figures }])),
    };
  }
}
