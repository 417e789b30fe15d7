/**
 * A call that is under way, to be looked at later.
 *
 * @module
 */
import { NotFinishedError, RemoteServiceError, TransportError } from "../errors.ts";
import type { JsonValue } from "../json.ts";
import type { MethodCall } from "./call.ts";
import type { Result } from "./result.ts";

/**
 * A call that is under way. `await` it for the bare value, `wait()` for the `Result`, or ask `finished()` now and
 * then. When nobody awaits it, a failure is kept here and is no unhandled rejection.
 *
 * @example
 * ```ts
 * import { RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * const service = new RemoteService("http://127.0.0.1:8000/api", {
 *   fetch: () => Response.json({ jsonrpc: "2.0", result: "hello world", id: 1 }),
 * });
 * const call = service.callMethodAsync<string>("say_hello", ["world"]);
 * assertEquals(call.finished(), false);
 * await call.wait();
 * assertEquals([call.finished(), call.result(), call.error()], [true, "hello world", undefined]);
 * ```
 *
 * @typeParam T The type of the value; it is trusted, not checked.
 */
export class AsyncMethodCall<T = JsonValue> implements PromiseLike<T> {
  /** What was called. */
  readonly methodCall: MethodCall;
  readonly #controller = new AbortController();
  readonly #exchange: Promise<Result<T>>;
  #result: Result<T> | undefined;
  #failure: RemoteServiceError | undefined;

  /**
   * Begins a call; `RemoteService.callMethodAsync` does this.
   *
   * @param methodCall What is called.
   * @param start Begins the call, at once. Its signal ends the call; it resolves to the answer, or rejects when
   * there is none.
   */
  constructor(methodCall: MethodCall, start: (signal: AbortSignal) => Promise<Result<T>>) {
    this.methodCall = methodCall;
    this.#exchange = start(this.#controller.signal).then(
      (result) => this.#result = result,
      (error: unknown) => {
        this.#failure = toRemoteServiceError(error, methodCall.method);
        throw this.#failure;
      },
    );
    // The failure is kept, so a call that is never awaited must not end the process.
    this.#exchange.catch(() => {});
  }

  /**
   * Says whether the call is over.
   *
   * @returns `true` when the answer is there, or it is certain that there will be none.
   */
  finished(): boolean {
    return this.#result !== undefined || this.#failure !== undefined;
  }

  /**
   * Gives the value without waiting.
   *
   * @returns What the method returned; `undefined` when it answered with an error, see {@linkcode error}.
   * @throws {NotFinishedError} when the call has not finished.
   * @throws {RemoteServiceError} when there was no answer: connection, timeout, abort, no JSON-RPC.
   */
  result(): T | undefined {
    this.#checkFinished();
    if (this.#failure !== undefined) throw this.#failure;
    return this.#result?.value;
  }

  /**
   * Gives the failure without waiting.
   *
   * @returns Why there is no value: the error that the service answered with, or why it did not answer;
   * `undefined` when the call succeeded.
   * @throws {NotFinishedError} when the call has not finished.
   */
  error(): RemoteServiceError | undefined {
    this.#checkFinished();
    return this.#failure ?? this.#result?.error;
  }

  /**
   * Says whether the method returned a value.
   *
   * @returns `false` when {@linkcode error} has one.
   * @throws {NotFinishedError} when the call has not finished.
   */
  successful(): boolean {
    return this.error() === undefined;
  }

  /**
   * Waits for the answer.
   *
   * @returns The answer; an error that the service answered with is in its `error`.
   * @throws {RemoteServiceError} when there is no answer: connection, timeout, abort, no JSON-RPC.
   */
  wait(): Promise<Result<T>> {
    return this.#exchange;
  }

  /**
   * Ends the call: the request is cut on the wire and the call fails with `CallAbortedError`. The service may
   * have run the method all the same. Does nothing when the call has finished.
   *
   * @param reason Becomes the `cause` of the error.
   */
  abort(reason?: unknown): void {
    this.#controller.abort(reason);
  }

  /**
   * Lets `await` give the bare value.
   *
   * @param onFulfilled Gets what the method returned.
   * @param onRejected Gets the error that the service answered with, or why it did not answer.
   * @returns A promise of what the handler returns.
   */
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#exchange.then((result) => result.unwrap()).then(onFulfilled, onRejected);
  }

  #checkFinished(): void {
    if (this.finished()) return;
    throw new NotFinishedError(
      `Cannot read the result of "${this.methodCall.method}": the call has not finished; await wait() first`,
    );
  }
}

function toRemoteServiceError(error: unknown, method: string): RemoteServiceError {
  if (error instanceof RemoteServiceError) return error;
  return new TransportError(`Cannot call "${method}": ${String(error)}`, { cause: error });
}
