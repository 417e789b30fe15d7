/**
 * Waiting for several calls that are under way.
 *
 * @module
 */
import type { RemoteServiceError } from "../errors.ts";
import type { JsonValue } from "../json.ts";
import { AsyncMethodCall } from "./async_method_call.ts";
import type { Result } from "./result.ts";

/**
 * What {@linkcode asCompleted} gives: the very `AsyncMethodCall`, without its `then`. TypeScript takes it that
 * `for await` awaits what can be awaited, and would show the bare value.
 *
 * @typeParam T The type of the value.
 *
 * @example
 * ```ts
 * import { asCompleted, type FinishedCall, RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * const describe = (call: FinishedCall<string>) =>
 *   call.successful() ? `${call.result()}` : `${call.methodCall.method} failed: ${call.error()?.code}`;
 *
 * const service = new RemoteService("http://127.0.0.1:8000/api", {
 *   fetch: () => Response.json({ jsonrpc: "2.0", error: { code: -32601, message: "Method not found" }, id: 1 }),
 * });
 * const calls = [service.callMethodAsync<string>("greet", ["Ann"])];
 * for await (const call of asCompleted(...calls)) {
 *   assertEquals(describe(call), "greet failed: ERR_METHOD_NOT_FOUND");
 * }
 * ```
 */
export type FinishedCall<T = JsonValue> = Omit<AsyncMethodCall<T>, "then">;

/**
 * Gives calls in the order in which they finish, whether well or not.
 *
 * @example
 * ```ts
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 * import { asCompleted, RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * class Worker extends MicroService {
 *   override name = "worker";
 *   @exposedMethod()
 *   async work(ms: number): Promise<number> {
 *     return await new Promise((resolve) => setTimeout(() => resolve(ms), ms));
 *   }
 * }
 *
 * const worker = new Worker();
 * const fetch = (url: string, init: RequestInit) => worker.fetch(new Request(url, init));
 * const { asyncMethods } = new RemoteService<Worker>(worker.url, { fetch });
 * const results: unknown[] = [];
 * for await (const call of asCompleted(asyncMethods.work(60), asyncMethods.work(1))) {
 *   results.push(call.result());
 * }
 * assertEquals(results, [1, 60]);
 * ```
 *
 * @typeParam T The type of the values.
 * @param calls The calls. They run on when the loop is left early.
 * @returns The same objects, each once it has finished.
 * @throws {TypeError} at once, when an argument is no `AsyncMethodCall`.
 */
export function asCompleted<T = JsonValue>(
  ...calls: AsyncMethodCall<T>[]
): AsyncIterableIterator<FinishedCall<T>> {
  checkCalls(calls);
  const slots = inCompletionOrder(calls);
  let next = 0;
  // Not an async generator: that awaits what it yields, and an AsyncMethodCall is thenable.
  return {
    async next(): Promise<IteratorResult<FinishedCall<T>>> {
      const slot = slots[next++];
      if (slot === undefined) return { done: true, value: undefined };
      return { done: false, value: (await slot).call };
    },
    return(): Promise<IteratorResult<FinishedCall<T>>> {
      next = slots.length;
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/**
 * Waits for the first of several calls to finish. The others run on: end them with `abort()` when they are not
 * wanted any more.
 *
 * @typeParam T The type of the values.
 * @param calls The calls, one or more.
 * @returns The result of the call that finished first; its `methodCall` says which it was. An error that the
 * service answered with is in its `error`.
 * @throws {TypeError} when there is no call or an argument is no `AsyncMethodCall`.
 * @throws {RemoteServiceError} when the first call to finish had no answer.
 *
 * @example Take the answer that is there first, and give up the others
 * ```ts
 * import { firstCompleted, RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * const prices = new RemoteService("http://127.0.0.1:8000/api", {
 *   async fetch(_url, init) {
 *     const { id, params: [shop] } = JSON.parse(String(init.body));
 *     if (shop === "slow") await new Promise(() => {}); // never answers
 *     return Response.json({ jsonrpc: "2.0", result: `${shop}: 4.20`, id });
 *   },
 * });
 * const calls = ["slow", "quick"].map((shop) => prices.callMethodAsync<string>("ask", [shop]));
 * const first = await firstCompleted(...calls);
 * for (const call of calls) call.abort(); // of no effect on the one that has finished
 * assertEquals(first.unwrap(), "quick: 4.20");
 * ```
 */
export async function firstCompleted<T = JsonValue>(...calls: AsyncMethodCall<T>[]): Promise<Result<T>> {
  checkCalls(calls);
  if (calls.length === 0) throw new TypeError("Cannot wait for the first call to finish: there is no call");
  return await Promise.race(calls.map((call) => call.wait()));
}

/**
 * What {@linkcode makeCallbacks} calls.
 *
 * @example
 * ```ts
 * import { type CallbackOptions, makeCallbacks, RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const callbacks: CallbackOptions<string> = {
 *   onResult: (value, call) => lines.push(`${call.methodCall.method}: ${value}`),
 *   onError: (error, call) => lines.push(`${call.methodCall.method}: ${error.code}`),
 * };
 *
 * const service = new RemoteService("http://127.0.0.1:8000/api", {
 *   fetch: () => Response.json({ jsonrpc: "2.0", result: "hello Ann", id: 1 }),
 * });
 * await makeCallbacks([service.callMethodAsync<string>("greet", ["Ann"])], callbacks);
 * assertEquals(lines, ["greet: hello Ann"]);
 * ```
 */
export interface CallbackOptions<T = JsonValue> {
  /** Gets the value of a call that succeeded. */
  readonly onResult: (value: T, call: FinishedCall<T>) => unknown;
  /** Gets the error that a call was answered with, or why it was not answered. */
  readonly onError: (error: RemoteServiceError, call: FinishedCall<T>) => unknown;
  /**
   * Whether callbacks that return a promise may overlap; otherwise each is awaited before the next is called.
   *
   * @default {false}
   */
  readonly concurrent?: boolean | undefined;
}

/**
 * Hands the outcome of each call to a callback, in the order in which the calls finish.
 *
 * @example
 * ```ts
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 * import { makeCallbacks, RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * class Worker extends MicroService {
 *   override name = "worker";
 *   @exposedMethod()
 *   async work(ms: number): Promise<number> {
 *     return await new Promise((resolve) => setTimeout(() => resolve(ms), ms));
 *   }
 * }
 *
 * const worker = new Worker();
 * const fetch = (url: string, init: RequestInit) => worker.fetch(new Request(url, init));
 * const { asyncMethods } = new RemoteService<Worker>(worker.url, { fetch });
 * const results: number[] = [];
 * await makeCallbacks([asyncMethods.work(60), asyncMethods.work(1)], {
 *   onResult: (value) => results.push(value),
 *   onError: (error) => console.error(error.message),
 * });
 * assertEquals(results, [1, 60]);
 * ```
 *
 * @typeParam T The type of the values.
 * @param calls The calls.
 * @param options The callbacks.
 * @returns Resolves when the last callback has finished.
 * @throws {TypeError} when a member of `calls` is no `AsyncMethodCall`.
 * @throws {AggregateError} when callbacks failed: with all their errors, after every callback was called.
 */
export async function makeCallbacks<T = JsonValue>(
  calls: Iterable<AsyncMethodCall<T>>,
  options: CallbackOptions<T>,
): Promise<void> {
  const { onResult, onError, concurrent = false } = options;
  const errors: unknown[] = [];
  const report = async (call: FinishedCall<T>): Promise<void> => {
    const error = call.error();
    try {
      // Without an error there is a value.
      await (error === undefined ? onResult(call.result() as T, call) : onError(error, call));
    } catch (failure) {
      errors.push(failure);
    }
  };
  const running: Promise<void>[] = [];
  for await (const call of asCompleted(...calls)) {
    if (concurrent) running.push(report(call));
    else await report(call);
  }
  await Promise.all(running);
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} callbacks of calls failed`);
}

/** One promise for each call; the first is resolved with the call that finishes first, and so on. */
function inCompletionOrder<T>(
  calls: readonly AsyncMethodCall<T>[],
): Promise<{ readonly call: AsyncMethodCall<T> }>[] {
  const resolvers: ((slot: { readonly call: AsyncMethodCall<T> }) => void)[] = [];
  const slots = calls.map(() =>
    new Promise<{ readonly call: AsyncMethodCall<T> }>((resolve) => {
      resolvers.push(resolve);
    })
  );
  let finished = 0;
  for (const call of calls) {
    const settle = () => resolvers[finished++]?.({ call });
    call.wait().then(settle, settle);
  }
  return slots;
}

function checkCalls(calls: readonly unknown[]): void {
  const wrong = calls.findIndex((call) => !(call instanceof AsyncMethodCall));
  if (wrong !== -1) throw new TypeError(`Cannot wait for calls: argument ${wrong} is no AsyncMethodCall`);
}
