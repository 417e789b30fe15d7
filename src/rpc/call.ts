/**
 * One call: authorise, bind, run, within its time limit.
 *
 * @module
 */
import { Deadlines } from "./deadlines.ts";
import {
  ACCESS_DENIED,
  CALL_TIMED_OUT,
  INVALID_PARAMS,
  type JsonRpcErrorObject,
  type JsonRpcId,
  type JsonRpcRequest,
  SERVICE_STOPPED,
} from "./message.ts";
import type { RpcMethod } from "./method.ts";
import { Refused, type ReplyWriter } from "./reply.ts";
import type { Binding } from "./signature.ts";

/**
 * What a call asks of the dispatcher's owner. `Caller` is what the transport knows of the caller, `Context` what
 * methods get of it. Both functions are called for private methods and for those with `requiresHandlerReference`;
 * other calls ask nothing, and cost nothing.
 *
 * @example
 * ```ts
 * import type { CallHooks } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * interface Caller {
 *   readonly address: string;
 * }
 * const hooks: CallHooks<Caller, Caller> = {
 *   openContext: (caller) => caller,
 *   authorise: ({ address }) => address === "127.0.0.1",
 * };
 * assertEquals(hooks.authorise?.({ address: "203.0.113.7" }), false);
 * ```
 */
export interface CallHooks<Caller, Context> {
  /** Opens the context of a call of a private method, or of one that takes a context. */
  readonly openContext?: ((caller: Caller, scope: CallScope) => Context) | undefined;
  /** Says whether a private method may be called; a falsy answer denies. @default {all are denied} */
  readonly authorise?: ((context: Context) => unknown) | undefined;
}

/**
 * The life of one call: `openContext` gets it and makes the signal of the context from it. The dispatcher does the
 * rest: nobody else aborts or settles it.
 *
 * @example A context with a signal, over a transport of your own
 * ```ts
 * import { type CallScope, createMethod, Dispatcher, type RpcMethod } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * interface Line {
 *   readonly closed: AbortSignal;
 * }
 * const openContext = (line: Line, scope: CallScope) => scope.follow(() => line.closed);
 *
 * const sum = await createMethod<AbortSignal>(
 *   "sum",
 *   (signal: AbortSignal) => {
 *     let steps = 0;
 *     while (!signal.aborted && steps < 1_000_000) steps++;
 *     return steps;
 *   },
 *   undefined,
 *   { requiresHandlerReference: true },
 * );
 * const methods = new Map<string, RpcMethod<AbortSignal>>([["sum", sum]]);
 * const dispatcher = new Dispatcher<Line, AbortSignal>(methods, { openContext });
 *
 * const line = new AbortController();
 * const reply = dispatcher.dispatch({ jsonrpc: "2.0", method: "sum", id: 1 }, { closed: line.signal });
 * line.abort();
 * assertEquals(await reply, '{"jsonrpc":"2.0","result":0,"id":1}');
 * ```
 */
export class CallScope {
  #controller: AbortController | undefined;
  readonly #hasCaller: boolean;
  #isFollowing = false;
  #isSettled = false;

  /**
   * Begins with the call.
   *
   * @param hasCaller Somebody waits for the answer; not so for a notification.
   */
  constructor(hasCaller: boolean) {
    this.#hasCaller = hasCaller;
  }

  /** The call has its answer. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /**
   * Says whether an error only tells that the call was aborted.
   *
   * @param error What the method threw.
   * @returns Whether it is the reason of the signal, or an error that such a signal makes others throw.
   */
  isAbortion(error: unknown): boolean {
    const signal = this.#controller?.signal;
    if (signal === undefined || !signal.aborted) return false;
    return error === signal.reason ||
      (error instanceof Error && ["AbortError", "TimeoutError", "CallAbortedError"].includes(error.name));
  }

  /**
   * Returns the signal of the call. It aborts with the call, and with its caller.
   *
   * @param getCallerSignal Returns a signal that aborts when the caller goes away. Asked once, and only where
   * somebody asks for the signal: on some runtimes it costs.
   * @returns The signal.
   */
  follow(getCallerSignal: () => AbortSignal): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#hasCaller && !this.#isFollowing) {
      this.#isFollowing = true;
      const caller = getCallerSignal();
      if (caller.aborted) this.abort(caller.reason);
      else caller.addEventListener("abort", () => this.abort(caller.reason), { once: true });
    }
    return this.#controller.signal;
  }

  /**
   * Aborts the signal, unless the call has ended: some runtimes report an answered request as aborted.
   *
   * @param reason Becomes the reason of the signal.
   */
  abort(reason: unknown): void {
    if (this.#isSettled) return;
    // Also where nobody has asked for it yet: a method may first look at it when it is late already.
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }

  /** Takes note that the call has its answer. */
  settle(): void {
    this.#isSettled = true;
  }
}

/** Runs calls. */
export class CallRunner<Caller, Context> {
  readonly #writer: ReplyWriter;
  readonly #hooks: CallHooks<Caller, Context>;
  readonly #deadlines: Deadlines = new Deadlines();
  #isStopped = false;

  /**
   * @param writer Writes the answers.
   * @param hooks What to ask before a call.
   */
  constructor(writer: ReplyWriter, hooks: CallHooks<Caller, Context>) {
    this.#writer = writer;
    this.#hooks = hooks;
  }

  /**
   * Calls a method.
   *
   * @param method The method.
   * @param request The call; its structure has been checked.
   * @param id The id to answer with; `undefined` for a notification, whose text nobody will read.
   * @param caller Handed to the hooks.
   * @returns The text of the response object; at once when nothing had to be waited for.
   */
  run(
    method: RpcMethod<Context>,
    request: JsonRpcRequest,
    id: JsonRpcId | undefined,
    caller: Caller,
  ): string | Promise<string> {
    try {
      if (!method.direct) return this.#runGuarded(method, request, id, caller);
      const binding = method.bind(request.params) as Binding;
      if (!isBound(binding)) return this.#writer.refuse({ ...INVALID_PARAMS, data: binding }, id);
      const result = method.invoke(binding);
      if (isThenable(result)) return this.#settle(method, request, id, result);
      return this.#writer.succeed(result, request, id);
    } catch (error) {
      return this.#writer.fail(error, request, id);
    }
  }

  /** Answers all running calls with Service stopped (-32003) and aborts their signals. */
  abandon(): void {
    this.#isStopped = true;
    this.#deadlines.expireAll();
    this.#isStopped = false;
  }

  #runGuarded(
    method: RpcMethod<Context>,
    request: JsonRpcRequest,
    id: JsonRpcId | undefined,
    caller: Caller,
  ): Promise<string> {
    const scope = new CallScope(id !== undefined);
    return this.#settle(method, request, id, this.#pass(method, request, caller, scope), scope);
  }

  /** The caller's right comes before the arguments, so that nobody learns a signature without it. */
  async #pass(
    method: RpcMethod<Context>,
    request: JsonRpcRequest,
    caller: Caller,
    scope: CallScope,
  ): Promise<unknown> {
    const context = this.#hooks.openContext?.(caller, scope);
    if (method.private) {
      const granted = context !== undefined && await this.#hooks.authorise?.(context);
      if (!granted) return new Refused(ACCESS_DENIED);
    }
    const binding = await method.bind(request.params);
    if (!isBound(binding)) return new Refused({ ...INVALID_PARAMS, data: binding });
    // Its time was up before it could begin: the caller has been told that it did not run to its end.
    if (scope.isSettled) return undefined;
    return method.invoke(binding, context);
  }

  #settle(
    method: RpcMethod<Context>,
    request: JsonRpcRequest,
    id: JsonRpcId | undefined,
    result: PromiseLike<unknown>,
    scope?: CallScope,
  ): Promise<string> {
    const writer = this.#writer;
    return new Promise((resolve) => {
      const deadline = this.#deadlines.start(method.timeoutMs, () => {
        const error = this.#isStopped ? SERVICE_STOPPED : toTimeout(method);
        const reason = new DOMException(error.message, this.#isStopped ? "AbortError" : "TimeoutError");
        scope?.abort(reason);
        scope?.settle();
        writer.report(reason, request);
        resolve(writer.refuse(error, id));
      });
      const settle = (toText: () => string) => {
        deadline.cancel();
        resolve(toText());
        scope?.settle();
      };
      // A thenable that is no promise may throw or settle twice; `Promise.resolve` tames it.
      Promise.resolve(result).then(
        (value) => settle(() => writer.succeed(value, request, id)),
        // Who was told to stop does so with an error, which is no news.
        (error) => settle(() => writer.fail(error, request, id, !scope?.isAbortion(error))),
      );
    });
  }
}

function toTimeout(
  { name, timeoutMs }: { readonly name: string; readonly timeoutMs: number },
): JsonRpcErrorObject {
  return { ...CALL_TIMED_OUT, data: { reason: `Call of "${name}" took longer than ${timeoutMs} ms` } };
}

function isBound(binding: Binding): binding is readonly unknown[] {
  return Array.isArray(binding);
}

/**
 * Says whether a method has answered with a promise, or with what passes for one.
 *
 * @param value What the method returned.
 * @returns Whether it is an object with a `then` method.
 */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}
