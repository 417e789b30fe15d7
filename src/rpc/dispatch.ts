/**
 * From a decoded JSON-RPC body to the text of its answer.
 *
 * @module
 */
import { type CallHooks, CallRunner } from "./call.ts";
import {
  INVALID_REQUEST,
  isRequest,
  type JsonRpcErrorObject,
  type JsonRpcRequest,
  METHOD_NOT_FOUND,
  PARSE_ERROR,
} from "./message.ts";
import type { RpcMethod } from "./method.ts";
import { type ReplyOptions, ReplyWriter } from "./reply.ts";

/** The answer to a body: its text, or `undefined` where nothing is to be answered (section 4.1). */
export type ReplyText = string | undefined;

/** How a {@linkcode Dispatcher} answers. */
export interface DispatcherOptions<Caller, Context> extends CallHooks<Caller, Context>, ReplyOptions {
  /** The most elements of a batch; a larger one is refused as a whole. @default {1000} */
  readonly maxBatchSize?: number | undefined;
}

const BYTE_ORDER_MARK = 0xfeff;

/**
 * Answers JSON-RPC bodies with the methods of a table. It knows nothing of HTTP.
 *
 * @example Serve JSON-RPC over a transport of your own
 * ```ts
 * import { createMethod, Dispatcher } from "@gemstone/gemstone/rpc";
 *
 * const add = await createMethod("add", (a: number, b: number) => a + b, undefined);
 * const dispatcher = new Dispatcher(new Map([["add", add]]));
 * await dispatcher.dispatchText('{"jsonrpc":"2.0","method":"add","params":[1,2],"id":7}', undefined);
 * // {"jsonrpc":"2.0","result":3,"id":7}
 * ```
 */
export class Dispatcher<Caller = undefined, Context = unknown> {
  readonly #methods: ReadonlyMap<string, RpcMethod<Context>>;
  readonly #calls: CallRunner<Caller, Context>;
  readonly #writer: ReplyWriter;
  readonly #maxBatchSize: number;
  readonly #background: Set<Promise<unknown>> = new Set();

  /**
   * Creates a dispatcher.
   *
   * @param methods The methods by their names on the wire; later changes to the map take effect.
   * @param options How to answer.
   */
  constructor(
    methods: ReadonlyMap<string, RpcMethod<Context>>,
    options: DispatcherOptions<Caller, Context> = {},
  ) {
    const { maxBatchSize = 1000 } = options;
    this.#methods = methods;
    this.#writer = new ReplyWriter(options);
    this.#calls = new CallRunner(this.#writer, options);
    this.#maxBatchSize = maxBatchSize;
  }

  /**
   * Answers a body that is still text.
   *
   * @param text The body; a byte order mark in front of it is ignored (RFC 8259, section 8.1).
   * @param caller Handed to the options' functions.
   * @returns The answer; at once when no method of the body is asynchronous.
   */
  dispatchText(text: string, caller: Caller): ReplyText | Promise<ReplyText> {
    let body: unknown;
    try {
      body = JSON.parse(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text);
    } catch {
      // Whatever the parser dislikes is the caller's fault and has one answer.
      return this.refuse(PARSE_ERROR);
    }
    return this.dispatch(body, caller);
  }

  /**
   * Answers a decoded body. Never throws and never rejects: each failure is the answer to the call it
   * belongs to. The elements of a batch run concurrently and are answered in their order.
   *
   * @param body What the JSON parser returned.
   * @param caller Handed to the options' functions.
   * @returns The answer; at once when no method of the body is asynchronous.
   */
  dispatch(body: unknown, caller: Caller): ReplyText | Promise<ReplyText> {
    if (Array.isArray(body)) return this.#dispatchBatch(body, caller);
    return this.#dispatchOne(body, caller) ?? this.#writer.acknowledgement;
  }

  /**
   * Writes the answer to a body that never became a message.
   *
   * @param error Why.
   * @returns The text of the response object, with id null.
   */
  refuse(error: JsonRpcErrorObject): string {
    return this.#writer.refuse(error, null);
  }

  /** Resolves when no notification is running that was answered before it ended. Never rejects. */
  async idle(): Promise<void> {
    while (this.#background.size > 0) await Promise.all(this.#background);
  }

  /** Answers all running calls with Service stopped (-32003); what they still return is ignored. */
  abandon(): void {
    this.#calls.abandon();
  }

  #dispatchBatch(batch: readonly unknown[], caller: Caller): ReplyText | Promise<ReplyText> {
    if (batch.length === 0) return this.refuse(INVALID_REQUEST);
    if (batch.length > this.#maxBatchSize) {
      const reason = `Batch of ${batch.length} is over the limit of ${this.#maxBatchSize}`;
      return this.refuse({ ...INVALID_REQUEST, data: { reason } });
    }
    let waits = false;
    const replies = batch.map((element) => {
      const reply = this.#dispatchOne(element, caller);
      if (typeof reply === "object") waits = true;
      return reply;
    });
    // With nothing to wait for, a promise for each element would cost more than the calls.
    if (waits) return Promise.all(replies).then((texts) => this.#joinBatch(texts));
    return this.#joinBatch(replies as ReplyText[]);
  }

  #joinBatch(replies: readonly ReplyText[]): ReplyText {
    const answered = replies.filter((reply) => reply !== undefined);
    return answered.length === 0 ? this.#writer.emptyBatch : `[${answered.join(",")}]`;
  }

  #dispatchOne(request: unknown, caller: Caller): ReplyText | Promise<string> {
    if (!isRequest(request)) return this.refuse(INVALID_REQUEST);
    const method = this.#methods.get(request.method);
    const { id } = request;
    if (id === undefined) return this.#notify(method, request, caller);
    if (method === undefined) return this.#writer.refuse(METHOD_NOT_FOUND, id);
    return this.#calls.run(method, request, id, caller);
  }

  #notify(method: RpcMethod<Context> | undefined, request: JsonRpcRequest, caller: Caller): undefined {
    const running = method && this.#calls.run(method, request, undefined, caller);
    if (typeof running !== "object") return;
    const settled = running.then(() => {
      this.#background.delete(settled);
    });
    this.#background.add(settled);
  }
}
