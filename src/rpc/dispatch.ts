/**
 * From a JSON-RPC body, as text or decoded, to the text of its answer.
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

/**
 * The answer to a body: its text, or `undefined` where nothing is to be answered (section 4.1): for a notification
 * and for a batch of them.
 *
 * @example Answer line by line
 * ```ts
 * import type { Dispatcher, ReplyText } from "@gemstone/gemstone/rpc";
 *
 * async function answerLines(dispatcher: Dispatcher, lines: AsyncIterable<string>): Promise<void> {
 *   for await (const line of lines) {
 *     const reply: ReplyText = await dispatcher.dispatchText(line, undefined);
 *     if (reply !== undefined) console.log(reply);
 *   }
 * }
 * ```
 */
export type ReplyText = string | undefined;

/**
 * How a {@linkcode Dispatcher} answers.
 *
 * @example
 * ```ts
 * import { createMethod, Dispatcher, type DispatcherOptions } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const failed: string[] = [];
 * const options: DispatcherOptions<undefined, unknown> = {
 *   maxBatchSize: 100,
 *   onError: (error, request) => failed.push(`${request.method}: ${error}`),
 * };
 * const divide = await createMethod("divide", (a: bigint) => a / 0n, undefined);
 * const dispatcher = new Dispatcher(new Map([["divide", divide]]), options);
 * const call = { jsonrpc: "2.0", method: "divide", params: [1], id: 1 };
 * const reply = await dispatcher.dispatch(call, undefined);
 * assertEquals(reply, '{"jsonrpc":"2.0","error":{"code":-32603,"message":"Internal error"},"id":1}');
 * assertEquals(failed.length, 1);
 * ```
 */
export interface DispatcherOptions<Caller, Context> extends CallHooks<Caller, Context>, ReplyOptions {
  /** The most elements of a batch; a larger one is refused as a whole. @default {1000} */
  readonly maxBatchSize?: number | undefined;
}

/**
 * Is told of a call before anything of it is checked but its structure. Must not change it. What it throws is dropped.
 *
 * @example Count the calls of each method
 * ```ts
 * import { type CallObserver, createMethod, Dispatcher } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const counts = new Map<string, number>();
 * const count: CallObserver = ({ method }) => void counts.set(method, (counts.get(method) ?? 0) + 1);
 *
 * const ping = await createMethod("ping", () => "pong", undefined);
 * const dispatcher = new Dispatcher(new Map([["ping", ping]]));
 * dispatcher.observe(count);
 * await dispatcher.dispatch({ jsonrpc: "2.0", method: "ping", id: 1 }, undefined);
 * await dispatcher.dispatch({ jsonrpc: "2.0", method: "no_such_method", id: 2 }, undefined);
 * assertEquals([...counts], [["ping", 1]]);
 * ```
 */
export type CallObserver = (request: JsonRpcRequest) => void;

const BYTE_ORDER_MARK = 0xfeff;

/**
 * Answers JSON-RPC bodies with the methods of a table. It knows nothing of HTTP.
 *
 * @example Serve JSON-RPC over a transport of your own
 * ```ts
 * import { createMethod, Dispatcher } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const add = await createMethod("add", (a: number, b: number) => a + b, undefined);
 * const dispatcher = new Dispatcher(new Map([["add", add]]));
 * const reply = await dispatcher.dispatchText(
 *   '{"jsonrpc":"2.0","method":"add","params":[1,2],"id":7}',
 *   undefined,
 * );
 * assertEquals(reply, '{"jsonrpc":"2.0","result":3,"id":7}');
 * ```
 */
export class Dispatcher<Caller = undefined, Context = unknown> {
  readonly #methods: ReadonlyMap<string, RpcMethod<Context>>;
  readonly #calls: CallRunner<Caller, Context>;
  readonly #writer: ReplyWriter;
  readonly #maxBatchSize: number;
  readonly #background: Set<Promise<unknown>> = new Set();
  #observer: CallObserver | undefined;

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

  /**
   * Tells a function of every call, notification and element of a batch whose method exists, before it is
   * authorised and bound. It takes the place of the one before; while there is none it costs nothing.
   *
   * @param observer The function; `undefined` for none.
   */
  observe(observer: CallObserver | undefined): void {
    this.#observer = observer;
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
    if (this.#observer !== undefined && method !== undefined) this.#tell(this.#observer, request);
    const { id } = request;
    if (id === undefined) return this.#notify(method, request, caller);
    if (method === undefined) return this.#writer.refuse(METHOD_NOT_FOUND, id);
    return this.#calls.run(method, request, id, caller);
  }

  #tell(observer: CallObserver, request: JsonRpcRequest): void {
    try {
      observer(request);
    } catch {
      // An observer that fails must not cost the caller the answer.
    }
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
