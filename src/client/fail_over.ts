/**
 * One call to whichever instance of a service can be reached.
 *
 * @module
 */
import { CallTimeoutError, type RemoteServiceError, TransportError } from "../errors.ts";
import { SERVICE_STOPPED } from "../rpc/message.ts";
import { withinLimits } from "./call_limits.ts";
import { createHeaders, type HttpAnswer, type HttpCall, type HttpTarget, request } from "./http_exchange.ts";
import type { ServiceInstances } from "./service_instances.ts";

/** What became of a try after which the call may go on to another instance. */
type Failure =
  | { readonly error: TransportError; readonly answer?: undefined }
  | { readonly error?: undefined; readonly answer: HttpAnswer };

/**
 * Sends a request to one instance, and on to the next one as long as it surely did not run or may run twice. The time
 * limit is that of all tries together; the instance that lets it pass counts as one that refused, so that the next
 * call goes elsewhere.
 *
 * @param target How to send it.
 * @param instances Where it may go.
 * @param call What to send.
 * @returns The answer, whatever its status.
 * @throws {RemoteServiceError} when there is no answer.
 */
export async function exchangeWithAny(
  target: HttpTarget,
  instances: ServiceInstances,
  call: HttpCall,
): Promise<HttpAnswer> {
  const { action, options } = call;
  const timeoutMs = options?.timeoutMs ?? target.timeoutMs;
  const signals = [target.signal, options?.signal, call.signal];
  let tries: FailOver | undefined;
  try {
    return await withinLimits({ action, timeoutMs, signals }, async (signal) => {
      // Once for all tries: an instance is not to blame when this fails.
      const headers = await createHeaders(target, action);
      signal.throwIfAborted();
      const isIdempotent = options?.idempotent ?? target.idempotent;
      const send = (url: string): Promise<HttpAnswer> =>
        request({ ...target, url }, { body: call.body, action: `${action} at ${url}`, headers, signal });
      tries = new FailOver(instances, { action, isIdempotent, send, signal });
      return await tries.run();
    });
  } catch (error) {
    // Here, and not where it is sent, as a `fetch` may never end.
    if (error instanceof CallTimeoutError) tries?.timedOut();
    throw error;
  }
}

/** How one call is sent. */
interface FailOverOptions {
  readonly action: string;
  readonly isIdempotent: boolean;
  readonly send: (url: string) => Promise<HttpAnswer>;
  readonly signal: AbortSignal;
}

/** The tries of one call. */
class FailOver {
  readonly #instances: ServiceInstances;
  readonly #options: FailOverOptions;
  readonly #tried: Set<string> = new Set();
  /** The instance that is asked just now. */
  #asked: string | undefined;
  #isRefreshed = false;
  #mayHaveRun = false;

  constructor(instances: ServiceInstances, options: FailOverOptions) {
    this.#instances = instances;
    this.#options = options;
  }

  async run(): Promise<HttpAnswer> {
    let last: Failure | undefined;
    for (;;) {
      const url = await this.#next(last);
      if (url === undefined) return this.#end(last);
      this.#tried.add(url);
      this.#asked = url;
      const outcome = await this.#try(url);
      this.#asked = undefined;
      if (outcome.failure === undefined) return outcome.answer;
      last = outcome.failure;
    }
  }

  /** The time is up: whoever is asked may have vanished without a word, and each further call would wait for it. */
  timedOut(): void {
    if (this.#asked !== undefined) this.#instances.refused(this.#asked);
  }

  /** Chooses the next instance; when all have been tried, there may be new ones by now. */
  async #next(last: Failure | undefined): Promise<string | undefined> {
    const { signal } = this.#options;
    try {
      const url = await this.#instances.choose(this.#tried, signal);
      if (url !== undefined || this.#isRefreshed) return url;
      this.#isRefreshed = true;
      await this.#instances.refresh(signal);
      return await this.#instances.choose(this.#tried, signal);
    } catch (error) {
      // That nobody knows of others explains less than why those that were known could not be reached.
      if (last === undefined) throw error;
      return undefined;
    }
  }

  async #try(
    url: string,
  ): Promise<{ answer: HttpAnswer; failure?: undefined } | { answer?: undefined; failure: Failure }> {
    try {
      const answer = await this.#options.send(url);
      if (isUntouched(answer)) {
        this.#instances.refused(url);
        return { failure: { answer } };
      }
      this.#instances.answered(url);
      return { answer };
    } catch (error) {
      if (!(error instanceof TransportError) || this.#options.signal.aborted) throw error;
      if (error.outcome === "not-sent") this.#instances.refused(url);
      else if (this.#options.isIdempotent) this.#mayHaveRun = true;
      else throw this.#toFinalError(error);
      return { failure: { error } };
    }
  }

  #end(last: Failure | undefined): HttpAnswer {
    if (last?.answer !== undefined) return last.answer;
    if (last?.error !== undefined) throw this.#toFinalError(last.error);
    throw new TransportError(`Cannot ${this.#options.action}: no instance is known`, { outcome: "not-sent" });
  }

  #toFinalError(error: TransportError): RemoteServiceError {
    const { size } = this.#tried;
    const outcome = this.#mayHaveRun ? "unknown" : error.outcome;
    const count = size === 1 ? "1 instance was tried" : `${size} instances were tried`;
    return new TransportError(`${error.message} (${count})`, { cause: error.cause, outcome });
  }
}

/** A service that stops says so before it reads the body to its end; after that its answer has status 200. */
function isUntouched({ status, text }: HttpAnswer): boolean {
  if (status !== 503) return false;
  try {
    const body: { readonly error?: { readonly code?: unknown } } | null = JSON.parse(text);
    return body?.error?.code === SERVICE_STOPPED.code;
  } catch {
    // A proxy says it in HTML, and nothing of what ran.
    return false;
  }
}
