/**
 * What came back: the answer to one call, or to a batch of them.
 *
 * @module
 */
import type { InvalidResponseError, RemoteCallError, RemoteServiceError } from "../errors.ts";
import type { JsonValue } from "../json.ts";
import type { CallId, MethodCall } from "./call.ts";

/**
 * The answer to one call: a value or an error, never both.
 *
 * @example
 * ```ts
 * import { RemoteService, type Result } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * function show(result: Result<string>): string {
 *   return result.error === undefined ? `got ${result.value}` : `failed with ${result.error.rpcCode}`;
 * }
 *
 * const service = new RemoteService("http://127.0.0.1:8000/api", {
 *   fetch: () => Response.json({ jsonrpc: "2.0", error: { code: -32601, message: "Method not found" }, id: 1 }),
 * });
 * assertEquals(show(await service.callMethod<string>("say_helo")), "failed with -32601");
 * ```
 *
 * @typeParam T The type of the value; it is trusted, not checked.
 * @typeParam E The classes of errors that there can be.
 */
export class Result<T = JsonValue, E extends RemoteServiceError = RemoteCallError> {
  /** What the method returned, `null` when it returned nothing; `undefined` when there is an error. */
  readonly value: T | undefined;
  /** Why there is no value; `undefined` when there is one. */
  readonly error: E | undefined;
  /** The id that the call was sent with. */
  readonly id: CallId;
  /** The call that this answers. */
  readonly methodCall: MethodCall;

  /**
   * Puts a call and its answer together.
   *
   * @param methodCall The call that this answers.
   * @param id The id that the call was sent with.
   * @param outcome Exactly one of `value` and `error`.
   */
  constructor(methodCall: MethodCall, id: CallId, outcome: Outcome<T, E>) {
    this.methodCall = methodCall;
    this.id = id;
    this.value = outcome.value;
    this.error = outcome.error;
  }

  /**
   * Gives the value, for a caller that has no use for an error.
   *
   * @returns What the method returned.
   * @throws {RemoteServiceError} when there is no value: the `error` of this result.
   */
  unwrap(): T {
    if (this.error !== undefined) throw this.error;
    // Without an error there is a value: an answer with neither never becomes a Result.
    return this.value as T;
  }
}

/**
 * A value or an error.
 *
 * @example
 * ```ts
 * import { MethodCall, type Outcome, Result, UnknownRemoteError } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * // For a test of code that is given results.
 * const outcome: Outcome<string> = { error: new UnknownRemoteError(4001, "Too much") };
 * const result = new Result(new MethodCall("withdraw", ["ann", 20]), 1, outcome);
 * assertEquals(result.error?.rpcCode, 4001);
 * ```
 */
export type Outcome<T, E extends RemoteServiceError = RemoteCallError> =
  | { readonly value: T; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: E };

/**
 * The answer to one call of a batch; the error is an `InvalidResponseError` when the service left it out.
 *
 * @example
 * ```ts
 * import { type BatchItemResult, MethodCall, RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * const show = ({ value, error }: BatchItemResult) => error === undefined ? value : error.code;
 *
 * const service = new RemoteService("http://127.0.0.1:8000/api", {
 *   fetch: () => Response.json([{ jsonrpc: "2.0", result: "hello Ann", id: 1 }]), // the other one is missing
 * });
 * const answers = await service.callBatch(new MethodCall("greet", ["Ann"]), new MethodCall("greet", ["Bob"]));
 * assertEquals([...answers].map(show), ["hello Ann", "ERR_INVALID_RESPONSE"]);
 * ```
 */
export type BatchItemResult = Result<JsonValue, RemoteCallError | InvalidResponseError>;

/**
 * The answers to a batch, in the order of its calls.
 *
 * @example
 * ```ts
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 * import { MethodCall, RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * class Hello extends MicroService {
 *   override name = "hello";
 *   @exposedMethod()
 *   say_hello(name: string): string {
 *     return `hello ${name}`;
 *   }
 * }
 *
 * const hello = new Hello();
 * const service = new RemoteService(hello.url, { fetch: (url, init) => hello.fetch(new Request(url, init)) });
 * const [ann, bob] = [new MethodCall("say_hello", ["Ann"]), new MethodCall("say_hello", ["Bob"])];
 * const answers = await service.callBatch(ann, bob);
 * assertEquals([answers.length, answers.getResponseForCall(bob)?.value], [2, "hello Bob"]);
 * assertEquals([...answers].map(({ value }) => value), ["hello Ann", "hello Bob"]);
 * ```
 */
export class BatchResult implements Iterable<BatchItemResult> {
  /**
   * Errors that belong to no call of the batch: answers with the id `null` (the service could not read an
   * element), and an `InvalidResponseError` for each answer with an unknown or repeated id.
   */
  readonly unmatchedErrors: readonly (RemoteCallError | InvalidResponseError)[];
  readonly #results: ReadonlyMap<MethodCall, BatchItemResult>;

  /**
   * Puts the answers to a batch together.
   *
   * @param results One for each call, in the order of the batch.
   * @param unmatchedErrors Errors that belong to no call of the batch.
   */
  constructor(
    results: Iterable<BatchItemResult>,
    unmatchedErrors: readonly (RemoteCallError | InvalidResponseError)[] = [],
  ) {
    this.#results = new Map(Array.from(results, (result) => [result.methodCall, result]));
    this.unmatchedErrors = unmatchedErrors;
  }

  /** How many calls the batch had; notifications do not count. */
  get length(): number {
    return this.#results.size;
  }

  /**
   * Finds the answer to a call.
   *
   * @param call The very object that was sent.
   * @returns Its result, or `undefined` when the batch did not hold that call (or it was a notification).
   */
  getResponseForCall(call: MethodCall): BatchItemResult | undefined {
    return this.#results.get(call);
  }

  /**
   * Goes through the results.
   *
   * @returns The results, in the order of the calls in the batch.
   */
  [Symbol.iterator](): IterableIterator<BatchItemResult> {
    return this.#results.values();
  }
}
