/**
 * The settings of a client and of one call.
 *
 * @module
 */
import type { Authentication, RequestHeaders } from "./authentication.ts";

/** Sends one HTTP request; the `fetch` of the runtime is one. It gets a URL and an init with an `AbortSignal`. */
export type FetchFunction = (url: string, init: RequestInit) => Response | Promise<Response>;

/** The settings of a `RemoteService`. */
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
  /** Sends the requests, for tests and proxies. By default the `fetch` of the runtime. */
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
}

/** The settings of one call. */
export interface CallOptions {
  /** Ends the call when it is aborted: the request is cut on the wire. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds that the call may take, `Infinity` for no limit.
   *
   * @default {30_000} or what the `RemoteService` was given
   */
  readonly timeoutMs?: number | undefined;
}

/** The settings of `RemoteService.getServiceByName`: those of the service that is found, and how to choose it. */
export interface LocateOptions extends RemoteServiceOptions {
  /**
   * Picks one of the URLs that the registry knows, which are valid and differ: at random, or by a function.
   *
   * @default {"random"}
   */
  readonly choose?: "random" | ((urls: readonly string[]) => string) | undefined;
}
