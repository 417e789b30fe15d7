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
import { type OutcomeWriter, Refused } from "./outcome.ts";
import type { Binding } from "./signature.ts";

/** What a call asks of the dispatcher's owner. `Caller` is what the transport knows of the caller. */
export interface CallHooks<Caller, Context> {
  /** Opens the context of a call of a private method, or of one that takes a context. */
  readonly openContext?: ((caller: Caller, scope: CallScope) => Context) | undefined;
  /** Says whether a private method may be called; a falsy answer denies. @default {all are denied} */
  readonly authorise?: ((context: Context) => unknown) | undefined;
}

/** The life of one call. */
export class CallScope {
  #controller: AbortController | undefined;

  /** Aborts when the call has passed its time limit. Made when it is first asked for. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  /** @param reason Becomes the reason of the signal. */
  abort(reason: unknown): void {
    // Also where nobody has asked yet: a method may first look at its signal when it is late already.
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }
}

/** Runs calls. */
export class CallRunner<Caller, Context> {
  readonly #outcomes: OutcomeWriter;
  readonly #hooks: CallHooks<Caller, Context>;
  readonly #deadlines: Deadlines = new Deadlines();
  #isStopped = false;

  /**
   * @param outcomes Writes the answers.
   * @param hooks What to ask before a call.
   */
  constructor(outcomes: OutcomeWriter, hooks: CallHooks<Caller, Context>) {
    this.#outcomes = outcomes;
    this.#hooks = hooks;
  }

  /**
   * Calls a method.
   *
   * @param method The method.
   * @param request The call; its structure has been checked.
   * @param id The id to answer with.
   * @param caller Handed to the hooks.
   * @returns The text of the response object; at once when nothing had to be waited for.
   */
  run(
    method: RpcMethod<Context>,
    request: JsonRpcRequest,
    id: JsonRpcId,
    caller: Caller,
  ): string | Promise<string> {
    try {
      if (!method.direct) return this.#runGuarded(method, request, id, caller);
      const binding = method.bind(request.params) as Binding;
      if (!isBound(binding)) return this.#outcomes.writer.error({ ...INVALID_PARAMS, data: binding }, id);
      const result = method.invoke(binding);
      if (isThenable(result)) return this.#settle(method, request, id, result);
      return this.#outcomes.succeed(result, request, id);
    } catch (error) {
      return this.#outcomes.fail(error, request, id);
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
    id: JsonRpcId,
    caller: Caller,
  ): Promise<string> {
    const scope = new CallScope();
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
    return method.invoke(binding, context);
  }

  #settle(
    method: RpcMethod<Context>,
    request: JsonRpcRequest,
    id: JsonRpcId,
    result: PromiseLike<unknown>,
    scope?: CallScope,
  ): Promise<string> {
    return new Promise((resolve) => {
      const { timeoutMs } = method;
      const deadline = this.#deadlines.start(timeoutMs, () => {
        const error = this.#isStopped ? SERVICE_STOPPED : toTimeout(method);
        scope?.abort(new DOMException(error.message, this.#isStopped ? "AbortError" : "TimeoutError"));
        resolve(this.#outcomes.writer.error(error, id));
      });
      // A thenable that is no promise may throw or settle twice; `Promise.resolve` tames it.
      Promise.resolve(result).then((value) => {
        deadline.cancel();
        resolve(this.#outcomes.succeed(value, request, id));
      }, (error) => {
        deadline.cancel();
        resolve(this.#outcomes.fail(error, request, id));
      });
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

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}
