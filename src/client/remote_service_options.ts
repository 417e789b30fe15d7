/**
 * The settings of a client and of one call.
 *
 * @module
 */
import type { Authentication, RequestHeaders } from "./authentication.ts";

/**
 * Sends one HTTP request; the `fetch` of the runtime is one. It gets a URL and an init with an `AbortSignal`.
 *
 * @example Call a service without a socket, in a test
 * ```ts
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 * import { type FetchFunction, RemoteService } from "@gemstone/gemstone/client";
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
 * const fetch: FetchFunction = (url, init) => hello.fetch(new Request(url, init));
 * const { methods } = new RemoteService<Hello>(hello.url, { fetch });
 * assertEquals(await methods.say_hello("test"), "hello test");
 * ```
 */
export type FetchFunction = (url: string, init: RequestInit) => Response | Promise<Response>;

/**
 * The settings of a `RemoteService`.
 *
 * @example
 * ```ts
 * import { RemoteService, type RemoteServiceOptions } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * const options: RemoteServiceOptions = {
 *   auth: { type: "header", token: "s3cret" },
 *   headers: { "user-agent": "shop/1.4" },
 *   timeoutMs: 5_000,
 *   maxResponseBytes: 1_000_000,
 * };
 * const accounts = new RemoteService("http://127.0.0.1:8000/api", options);
 * assertEquals(accounts.url, "http://127.0.0.1:8000/api");
 * ```
 */
export interface RemoteServiceOptions {
  /** How calls prove who they come from; not at all by default. */
  readonly auth?: Authentication | undefined;
  /** More headers for every request. `content-type` is always `application/json`. */
  readonly headers?: RequestHeaders | undefined;
  /**
   * Milliseconds that a call may take, from the start to the last byte of the answer. `Infinity` for no limit;
   * more than 2147483647 (24.8 days) counts as that much.
   *
   * @default {30_000}
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Sends the requests, for tests and proxies. By default the `fetch` of the runtime, or on Node since 20.16 `node:http`,
   * which needs a fraction of the processor time. Where somebody has replaced `globalThis.fetch`, or has set a
   * dispatcher of undici (a proxy, a mock) for it, that is used. An `Agent` of undici with settings for TLS does not
   * show: give `fetch: globalThis.fetch` then.
   */
  readonly fetch?: FetchFunction | undefined;
  /** Ends every call under way, and every later one, when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Bytes that an answer may have, unpacked. A longer one is cut off and the call fails with
   * `InvalidResponseError`.
   *
   * @default {67_108_864}
   */
  readonly maxResponseBytes?: number | undefined;
  /**
   * Whether calls may run twice, so that one whose connection broke goes on to another instance. Without it only a
   * call that surely did not run does. Of no use where there is one URL.
   *
   * @default {false}
   */
  readonly idempotent?: boolean | undefined;
}

/**
 * The settings of one call.
 *
 * @example A call that takes longer than others, and that may be given up
 * ```ts
 * import { CallAbortedError, type CallOptions, RemoteService } from "@gemstone/gemstone/client";
 * import { assertRejects } from "@std/assert";
 *
 * const controller = new AbortController();
 * const options: CallOptions = { signal: controller.signal, timeoutMs: 120_000, idempotent: true };
 * const reports = new RemoteService("http://127.0.0.1:8000/api", { fetch: () => new Promise(() => {}) });
 * const call = reports.callMethod("yearly", [2026], options);
 * controller.abort(new Error("The user went away"));
 * await assertRejects(() => call, CallAbortedError);
 * ```
 */
export interface CallOptions {
  /** Ends the call when it is aborted: the request is cut on the wire. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds that the call may take, `Infinity` for no limit.
   *
   * @default {30_000} or what the `RemoteService` was given
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Whether this call may run twice, so that it goes on to another instance when its connection broke.
   *
   * @default {false} or what the `RemoteService` was given
   */
  readonly idempotent?: boolean | undefined;
}

/**
 * The settings of `RemoteService.getServiceByName`: those of the service that is found, and how to choose it.
 *
 * @example
 * ```ts
 * import { type LocateOptions, RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * const registry = new RemoteService("http://127.0.0.1:8080/api", {
 *   fetch: () => Response.json({ jsonrpc: "2.0", result: ["http://10.0.0.2/api", "http://10.0.0.1/api"], id: 1 }),
 * });
 * const options: LocateOptions = { choose: (urls) => urls.toSorted()[0] ?? "", timeoutMs: 5_000 };
 * const worker = await RemoteService.getServiceByName(registry, "workers.*", options);
 * assertEquals(worker.url, "http://10.0.0.1/api");
 * ```
 */
export interface LocateOptions extends RemoteServiceOptions {
  /**
   * Picks one of the URLs that the registry knows, which are valid and differ: at random, or by a function.
   *
   * @default {"random"}
   */
  readonly choose?: "random" | ((urls: readonly string[]) => string) | undefined;
}
