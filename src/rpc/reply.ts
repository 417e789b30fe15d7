/**
 * How calls are answered: from what became of a call to the text of its response object.
 *
 * @module
 */
import { RpcError } from "../errors.ts";
import { INTERNAL_ERROR, type JsonRpcErrorObject, type JsonRpcId, type JsonRpcRequest } from "./message.ts";

/**
 * `"spec"`: exactly one of `result` and `error` (JSON-RPC 2.0, section 5). `"legacy"`: both members always,
 * the unused one null, and notifications acknowledged, which every client of the Python library needs.
 *
 * @example
 * ```ts
 * import { createMethod, Dispatcher, type ResponseStyle } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const responseStyle: ResponseStyle = "legacy";
 * const ping = await createMethod("ping", () => "pong", undefined);
 * const dispatcher = new Dispatcher(new Map([["ping", ping]]), { responseStyle });
 * const reply = await dispatcher.dispatch({ jsonrpc: "2.0", method: "ping", id: 1 }, undefined);
 * assertEquals(reply, '{"jsonrpc":"2.0","result":"pong","error":null,"id":1}');
 * ```
 */
export type ResponseStyle = "spec" | "legacy";

/**
 * How a dispatcher answers.
 *
 * @example Details of exceptions, while you develop
 * ```ts
 * import { createMethod, Dispatcher, type ReplyOptions } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const options: ReplyOptions = { exposeErrorDetails: true };
 * const fail = await createMethod("fail", () => {
 *   throw new RangeError("7 is too much");
 * }, undefined);
 * const dispatcher = new Dispatcher(new Map([["fail", fail]]), options);
 * const reply = await dispatcher.dispatch({ jsonrpc: "2.0", method: "fail", id: 1 }, undefined);
 * assertEquals(JSON.parse(reply!).error.data, { class: "RangeError", info: "7 is too much" });
 * ```
 */
export interface ReplyOptions {
  /** Told of everything that a call throws, but for an `RpcError` without cause. @default {nobody is told} */
  readonly onError?: ((error: unknown, request: JsonRpcRequest) => void) | undefined;
  /** Puts class and message of an exception into the `data` of the Internal error. @default {false} */
  readonly exposeErrorDetails?: boolean | undefined;
  /** The shape of the answers. @default {"spec"} */
  readonly responseStyle?: ResponseStyle | undefined;
}

/** A call that was refused before its method ran. */
export class Refused {
  /** The error to answer with. */
  readonly error: JsonRpcErrorObject;

  /** @param error The error to answer with. */
  constructor(error: JsonRpcErrorObject) {
    this.error = error;
  }
}

/** What the two styles write differently. */
interface Style {
  readonly besideResult: string;
  readonly besideError: string;
  readonly acknowledgement: string | undefined;
  readonly emptyBatch: string | undefined;
}

const STYLES: Readonly<Record<ResponseStyle, Style>> = {
  spec: { besideResult: "", besideError: "", acknowledgement: undefined, emptyBatch: undefined },
  legacy: {
    besideResult: ',"error":null',
    besideError: '"result":null,',
    acknowledgement: '{"jsonrpc":"2.0","result":null,"error":null}',
    emptyBatch: "[]",
  },
};

/** The text for a notification: nobody reads it. */
const UNREAD = "";

/** Writes answers. An id that is `undefined` is that of a notification. */
export class ReplyWriter {
  /** Answers a single notification; `undefined` is no answer at all. */
  readonly acknowledgement: string | undefined;
  /** Answers a batch of notifications; `undefined` is no answer at all. */
  readonly emptyBatch: string | undefined;
  readonly #besideResult: string;
  readonly #besideError: string;
  readonly #onError: ReplyOptions["onError"];
  readonly #exposeErrorDetails: boolean;

  /** @param options How to answer. */
  constructor(options: ReplyOptions) {
    const { onError, exposeErrorDetails = false, responseStyle = "spec" } = options;
    const { besideResult, besideError, acknowledgement, emptyBatch } = STYLES[responseStyle];
    this.acknowledgement = acknowledgement;
    this.emptyBatch = emptyBatch;
    this.#besideResult = besideResult;
    this.#besideError = besideError;
    this.#onError = onError;
    this.#exposeErrorDetails = exposeErrorDetails;
  }

  /**
   * Answers a call that returned.
   *
   * @param value What it returned; `undefined` is answered as null. A value that JSON can not carry (BigInt,
   * a cycle, a function) fails this call alone.
   * @param request The call.
   * @param id Its id.
   * @returns The text of the response object.
   */
  succeed(value: unknown, request: JsonRpcRequest, id: JsonRpcId | undefined): string {
    if (id === undefined) return UNREAD;
    try {
      if (value instanceof Refused) return this.refuse(value.error, id);
      const text = value === undefined ? "null" : JSON.stringify(value);
      if (text !== undefined) {
        return `{"jsonrpc":"2.0","result":${text}${this.#besideResult},"id":${toIdText(id)}}`;
      }
      return this.fail(new TypeError(`Cannot answer with a ${typeof value}`), request, id);
    } catch (error) {
      return this.fail(error, request, id);
    }
  }

  /**
   * Answers a call that threw: an `RpcError` as it is, anything else as Internal error, which is reported.
   *
   * @param error What it threw.
   * @param request The call.
   * @param id Its id.
   * @param isNews Somebody has to be told. @default {true}
   * @returns The text of the response object.
   */
  fail(error: unknown, request: JsonRpcRequest, id: JsonRpcId | undefined, isNews = true): string {
    if (isRpcError(error)) {
      const { rpcCode: code, message, data } = error;
      if (error.cause !== undefined) this.report(error, request);
      try {
        return this.refuse(data === undefined ? { code, message } : { code, message, data }, id);
      } catch (cause) {
        return this.fail(new TypeError("Cannot write the data of an RpcError", { cause }), request, id);
      }
    }
    if (isNews) this.report(error, request);
    if (!this.#exposeErrorDetails) return this.refuse(INTERNAL_ERROR, id);
    return this.refuse({ ...INTERNAL_ERROR, data: describe(error) }, id);
  }

  /**
   * Answers a call that did not run.
   *
   * @param error Why.
   * @param id Its id; null when it could not be read.
   * @returns The text of the response object.
   */
  refuse(error: JsonRpcErrorObject, id: JsonRpcId | undefined): string {
    if (id === undefined) return UNREAD;
    return `{"jsonrpc":"2.0",${this.#besideError}"error":${JSON.stringify(error)},"id":${toIdText(id)}}`;
  }

  /**
   * Reports a failure. Never throws.
   *
   * @param error What was thrown.
   * @param request The call.
   */
  report(error: unknown, request: JsonRpcRequest): void {
    try {
      this.#onError?.(error, request);
    } catch {
      // An observer that fails must not cost the caller the answer.
    }
  }
}

/** By its code, too: the error may come from another copy of the package. */
function isRpcError(error: unknown): error is RpcError {
  return error instanceof RpcError ||
    (error instanceof Error && (error as Partial<RpcError>).code === "ERR_RPC");
}

function toIdText(id: JsonRpcId): string {
  return typeof id === "string" ? JSON.stringify(id) : `${id}`;
}

function describe(error: unknown): { class: string; info: string } {
  try {
    if (error instanceof Error) return { class: String(error.name), info: String(error.message) };
    return { class: typeof error, info: String(error) };
  } catch {
    // An object whose own conversion to text throws.
    return { class: typeof error, info: "" };
  }
}
