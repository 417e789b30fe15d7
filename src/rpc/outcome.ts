/**
 * From what became of a call to the text of its answer.
 *
 * @module
 */
import { RpcError } from "../errors.ts";
import { INTERNAL_ERROR, type JsonRpcErrorObject, type JsonRpcId, type JsonRpcRequest } from "./message.ts";
import { getReplyWriter, type ReplyWriter, type ResponseStyle } from "./reply.ts";

/** How outcomes are answered. */
export interface OutcomeOptions {
  /** Told of everything that a call throws, but for an `RpcError`. @default {nobody is told} */
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

/** Writes the answers of calls that have ended. */
export class OutcomeWriter {
  /** Writes the response objects. */
  readonly writer: ReplyWriter;
  readonly #onError: OutcomeOptions["onError"];
  readonly #exposeErrorDetails: boolean;

  /** @param options How to answer. */
  constructor(options: OutcomeOptions) {
    this.writer = getReplyWriter(options.responseStyle ?? "spec");
    this.#onError = options.onError;
    this.#exposeErrorDetails = options.exposeErrorDetails ?? false;
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
  succeed(value: unknown, request: JsonRpcRequest, id: JsonRpcId): string {
    if (value instanceof Refused) return this.writer.error(value.error, id);
    try {
      const text = value === undefined ? "null" : JSON.stringify(value);
      if (text !== undefined) return this.writer.result(text, id);
      return this.fail(new TypeError(`Cannot answer with a ${typeof value}`), request, id);
    } catch (error) {
      return this.fail(error, request, id);
    }
  }

  /**
   * Answers a call that threw: an `RpcError` as it is, anything else as Internal error.
   *
   * @param error What it threw.
   * @param request The call.
   * @param id Its id.
   * @returns The text of the response object.
   */
  fail(error: unknown, request: JsonRpcRequest, id: JsonRpcId): string {
    try {
      if (error instanceof RpcError) {
        const { rpcCode: code, message, data } = error;
        return this.writer.error(data === undefined ? { code, message } : { code, message, data }, id);
      }
      this.#onError?.(error, request);
    } catch {
      // Its data is no JSON, or the observer failed: neither may cost the caller the answer.
    }
    if (!this.#exposeErrorDetails) return this.writer.error(INTERNAL_ERROR, id);
    return this.writer.error({ ...INTERNAL_ERROR, data: describe(error) }, id);
  }
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
