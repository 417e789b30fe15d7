/**
 * Announces and finds services through registries, by the protocol of Python gemstone since version 0.10.
 *
 * @module
 */
import type { Authentication, RequestHeaders } from "../client/authentication.ts";
import { MethodCall } from "../client/call.ts";
import { askRegistry } from "../client/locate.ts";
import { RemoteService } from "../client/remote_service.ts";
import type { FetchFunction } from "../client/remote_service_options.ts";
import { MethodNotFoundError } from "../errors.ts";
import type { DiscoveryOptions, DiscoveryStrategy } from "./discovery_strategy.ts";
import { createPartialNotFound } from "./partial_answer.ts";

/**
 * How registries are called.
 *
 * @example A registry that wants a token, behind a name that takes long
 * ```ts
 * import { type HttpDiscoveryOptions, HttpDiscoveryStrategy } from "@gemstone/gemstone/discovery";
 *
 * const options: HttpDiscoveryOptions = { auth: { type: "header", token: "s3cret" }, timeoutMs: 4_000 };
 * const registries = new HttpDiscoveryStrategy("https://registry.internal/api", options);
 * ```
 */
export interface HttpDiscoveryOptions {
  /**
   * How long each registry may take to answer, in milliseconds. A service ends an announcement, which goes to all
   * registries at the same time, after 5 seconds, and a search, which asks one after the other, after 10 seconds: with
   * more than five registries, or with a longer time here, one search may not get round to all of them. The next one
   * begins behind the registry that held it up. @default {2_000}
   */
  readonly timeoutMs?: number | undefined;
  /** Sends the requests. @default {as that of `RemoteService`} */
  readonly fetch?: FetchFunction | undefined;
  /** How calls prove who they come from. @default {not at all} */
  readonly auth?: Authentication | undefined;
  /** More headers for every request. @default {none} */
  readonly headers?: RequestHeaders | undefined;
}

/** What a registry answered. */
interface Answer {
  /** What it knows; empty when it failed, too. */
  readonly urls: readonly string[];
  /** Why it did not answer. */
  readonly failure?: unknown;
}

const DEFAULT_TIMEOUT_MS = 2_000;
const ID_LENGTH = 10;

/**
 * One or more registries: services with the methods `ping(name, url)` and `locate_service(name)`, and perhaps
 * `unregister(name, url)`, such as `ServiceRegistry` of `@gemstone/gemstone/registry`. A service is announced to all of
 * them. They are asked one after the other, beginning with the one that knew the last service, or behind one that failed,
 * until one knows the service; when none of the instances that it knows can be called, all are asked.
 *
 * @example Two registries, one of which may be down
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import { HttpDiscoveryStrategy } from "@gemstone/gemstone/discovery";
 *
 * class Gallery extends MicroService {
 *   override name = "gallery";
 *   override discoveryStrategies = [
 *     new HttpDiscoveryStrategy(["http://10.0.0.1:8080/api", "http://10.0.0.2:8080/api"]),
 *   ];
 * }
 * ```
 */
export class HttpDiscoveryStrategy implements DiscoveryStrategy {
  readonly #registries: readonly RemoteService[];
  #current = 0;

  /**
   * Stores the URLs; nothing is sent.
   *
   * @param urls The URL of the endpoint of a registry, or of several.
   * @param options How to call them.
   * @throws {TypeError} when there is no URL, or one is none of HTTP or holds a password, or `auth` can not be sent.
   * @throws {RangeError} when `timeoutMs` is not positive.
   */
  constructor(urls: string | readonly string[], options: HttpDiscoveryOptions = {}) {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, fetch, auth, headers } = options;
    const list = typeof urls === "string" ? [urls] : urls;
    if (!Array.isArray(list) || list.length === 0) {
      throw new TypeError("Cannot discover services without a registry: give its URL, or a list of URLs");
    }
    const registries = list.map((url) => new RemoteService(url, { timeoutMs, fetch, auth, headers }));
    const byUrl = new Map(registries.map((registry) => [registry.url, registry]));
    this.#registries = [...byUrl.values()];
  }

  /**
   * Announces a service to all registries.
   *
   * @param name The name of the service.
   * @param location The URL of its endpoint.
   * @param options `signal`: gives up.
   * @throws {RemoteServiceError} when a registry did not take it, after all have been called.
   * @throws {AggregateError} when several did not; its `errors` say why.
   */
  async ping(name: string, location: string, { signal }: DiscoveryOptions): Promise<void> {
    await this.#callAll("ping", { name, url: location }, signal);
  }

  /**
   * Asks the registries, one after the other, until one knows the service.
   *
   * @param pattern The name, or a pattern of names.
   * @param options `signal`: gives up. `isThorough`: asks all registries, at the same time, for all that they know.
   * @returns The URLs; empty when all registries have answered and none knows the service.
   * @throws {RemoteServiceError} when the only registry does not answer, or with an error.
   * @throws {AggregateError} when none of several answers; its `errors` say why.
   * @throws {ServiceNotFoundError} when some registries did not answer and the others do not know the service; the
   * `errors` of its `cause` say why.
   */
  async locate(
    pattern: string,
    { signal, isThorough = false }: DiscoveryOptions,
  ): Promise<readonly string[]> {
    const answers = isThorough
      ? await Promise.all(this.#registries.map((_registry, index) => this.#ask(index, pattern, signal)))
      : await this.#askInTurn(pattern, signal);
    const urls = new Set(answers.flatMap((answer) => answer.urls));
    if (urls.size === 0) throwFailures(pattern, answers);
    return [...urls];
  }

  /**
   * Takes back what was announced, from all registries that can; those of Python gemstone can not.
   *
   * @param name The name of the service.
   * @param location The URL of its endpoint.
   * @param options `signal`: gives up.
   * @throws {RemoteServiceError} when a registry did not take it, after all have been called.
   * @throws {AggregateError} when several did not; its `errors` say why.
   */
  async withdraw(name: string, location: string, { signal }: DiscoveryOptions): Promise<void> {
    await this.#callAll("unregister", { name, url: location }, signal, (error) => {
      if (!(error instanceof MethodNotFoundError)) throw error;
    });
  }

  async #askInTurn(pattern: string, signal: AbortSignal): Promise<readonly Answer[]> {
    const count = this.#registries.length;
    const first = this.#current;
    const answers: Answer[] = [];
    for (let offset = 0; offset < count; offset++) {
      const index = (first + offset) % count;
      const answer = await this.#ask(index, pattern, signal);
      answers.push(answer);
      if (answer.urls.length === 0) continue;
      this.#current = index;
      break;
    }
    return answers;
  }

  async #ask(index: number, pattern: string, signal: AbortSignal): Promise<Answer> {
    try {
      // Below the length.
      const registry = withSignal(this.#registries[index] as RemoteService, signal);
      return { urls: await askRegistry(registry, pattern) };
    } catch (failure) {
      // The next search must not spend its time on this one again, above all when this one took all the time there was.
      if (this.#current === index) this.#current = (index + 1) % this.#registries.length;
      if (signal.aborted) throw failure;
      return { urls: [], failure };
    }
  }

  async #callAll(
    method: string,
    params: { readonly name: string; readonly url: string },
    signal: AbortSignal,
    onError: (error: unknown) => void = (error) => {
      throw error;
    },
  ): Promise<void> {
    const calls = this.#registries.map(async (registry) => {
      const result = await registry.callMethod(new MethodCall(method, params, createId()), undefined, {
        signal,
      });
      if (result.error !== undefined) onError(result.error);
    });
    const settled = await Promise.allSettled(calls);
    const failures = settled.flatMap((call) => call.status === "rejected" ? [call.reason as unknown] : []);
    const count = `${failures.length} of ${calls.length} registries`;
    if (failures.length > 0) throw toOneError(failures, `Cannot call "${method}" of ${count}`);
  }
}

/** Some registries log ids and expect those of Python gemstone: ten letters. */
function createId(): string {
  const letters = crypto.getRandomValues(new Uint8Array(ID_LENGTH));
  return Array.from(letters, (byte) => String.fromCharCode(97 + byte % 26)).join("");
}

function withSignal(registry: RemoteService, signal: AbortSignal): Parameters<typeof askRegistry>[0] {
  return {
    url: registry.url,
    callMethod: (method, params) =>
      registry.callMethod(new MethodCall(method, params, createId()), undefined, { signal }),
  };
}

/** Nobody knows the service; this throws unless all of them have said so. */
function throwFailures(pattern: string, answers: readonly Answer[]): void {
  const count = answers.length;
  const failures = answers.flatMap(({ failure }) => failure === undefined ? [] : [failure]);
  if (failures.length === 0) return;
  if (failures.length === count) throw toOneError(failures, `Cannot ask any of ${count} registries`);
  const who = `${failures.length} of ${count} registries failed and the others know none`;
  throw createPartialNotFound(
    pattern,
    `Cannot find service "${pattern}": ${who}: ${toReasons(failures)}`,
    failures,
  );
}

function toReasons(failures: readonly unknown[]): string {
  return failures.map((failure) => failure instanceof Error ? failure.message : String(failure)).join("; ");
}

function toOneError(failures: readonly unknown[], text: string): unknown {
  if (failures.length === 1) return failures[0];
  return new AggregateError(failures, `${text}: ${toReasons(failures)}`);
}
