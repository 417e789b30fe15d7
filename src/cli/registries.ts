/**
 * The registries that a command asks.
 *
 * @module
 */
import { askRegistry } from "../client/locate.ts";
import type { RemoteService } from "../client/remote_service.ts";
import {
  CallTimeoutError,
  DiscoveryError,
  InvalidResponseError,
  MethodNotFoundError,
  ServiceNotFoundError,
  TransportError,
} from "../errors.ts";
import type { JsonValue } from "../json.ts";
import type { CommandArguments } from "./arguments.ts";
import { createClient } from "./call_settings.ts";
import type { CommandContext } from "./command.ts";

/** What the option does, for help texts. */
export const REGISTRY_OPTION_USAGE = `
      --registry URL       ask this registry; may be repeated (default: the
                           environment's GEMSTONE_REGISTRY, else
                           http://127.0.0.1:8080/api)`;

/** A service, as far as a registry knows it. */
export interface ListedService {
  /** `null` when the registry tells URLs only, as that of Python gemstone. */
  readonly name: string | null;
  readonly url: string;
  /** When it was announced last, in milliseconds since 1970; `null` when that is not known. */
  readonly lastSeenMs: number | null;
}

const DEFAULT_REGISTRY = "http://127.0.0.1:8080/api";
const VARIABLE = "GEMSTONE_REGISTRY";
/** One that does not answer in this time is no help. */
const REGISTRY_TIMEOUT_MS = 5_000;
const HINT = "start one with `gemstone registry`, or name it with --registry";

/** Asks registries one after the other, until one knows something. */
export class Registries {
  readonly #clients: readonly RemoteService[];
  readonly #signal: AbortSignal | undefined;

  /**
   * @param args The arguments of the command, with a list `registry`.
   * @param options `context`: its surroundings. `timeoutMs`: the longest time that each may take, in milliseconds,
   * at most 5000.
   * @throws {UsageError} when a URL can not be used.
   */
  constructor(
    { lists }: CommandArguments,
    { context, timeoutMs = REGISTRY_TIMEOUT_MS }: {
      readonly context: CommandContext;
      readonly timeoutMs?: number | undefined;
    },
  ) {
    const given = lists.get("registry") ?? context.env(VARIABLE)?.split(/[\s,]+/).filter((url) => url !== "");
    const urls = given === undefined || given.length === 0 ? [DEFAULT_REGISTRY] : given;
    this.#signal = context.signal;
    const settings = { timeoutMs: Math.min(timeoutMs, REGISTRY_TIMEOUT_MS), signal: context.signal };
    this.#clients = urls.map((url) => createClient(url, settings));
  }

  /**
   * Finds services.
   *
   * @param pattern The name, or a pattern of names.
   * @returns Their URLs, in random order; at least one.
   * @throws {ServiceNotFoundError} when no registry knows one.
   * @throws {DiscoveryError} when none answered.
   */
  async locate(pattern: string): Promise<readonly [string, ...string[]]> {
    const [first, ...others] = shuffle(await this.#ask(pattern, (client) => askRegistry(client, pattern)));
    if (first !== undefined) return [first, ...others];
    throw createNotFound(pattern, this.#clients);
  }

  /**
   * Lists services.
   *
   * @param pattern The name, or a pattern of names.
   * @returns What the first registry knows that knows any; at least one.
   * @throws {ServiceNotFoundError} when no registry knows one.
   * @throws {DiscoveryError} when none answered.
   */
  async list(pattern: string): Promise<readonly ListedService[]> {
    const listed = await this.#ask(pattern, async (client) => {
      const answer = await client.callMethod("list_services", { pattern });
      if (!(answer.error instanceof MethodNotFoundError)) return readServices(answer.unwrap(), client.url);
      const urls = await askRegistry(client, pattern);
      return urls.map((url) => ({ name: null, url, lastSeenMs: null }));
    });
    if (listed.length > 0) return listed;
    throw createNotFound(pattern, this.#clients);
  }

  /** An empty answer and a failure both go on to the next. */
  async #ask<T>(
    pattern: string,
    question: (client: RemoteService) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const errors: unknown[] = [];
    for (const client of this.#clients) {
      try {
        const answer = await question(client);
        if (answer.length > 0) return answer;
      } catch (error) {
        if (this.#signal?.aborted === true) throw error;
        errors.push(error);
      }
    }
    if (errors.length < this.#clients.length) return [];
    const reasons = errors.map((error, index) => explain(error, this.#clients[index]?.url));
    const message = `Cannot find ${JSON.stringify(pattern)}: ${reasons.join("; ")}`;
    throw new DiscoveryError(pattern, errors.some(isUnanswered) ? `${message}; ${HINT}` : message, {
      cause: new AggregateError(errors),
    });
  }
}

function createNotFound(pattern: string, clients: readonly RemoteService[]): ServiceNotFoundError {
  const who = clients.map(({ url }) => url).join(" and ");
  const knows = `${clients.length === 1 ? "knows" : "know"} no ${pattern === "*" ? "" : "such "}service`;
  return new ServiceNotFoundError(pattern, `Cannot find ${JSON.stringify(pattern)}: ${who} ${knows}`);
}

function isUnanswered(error: unknown): boolean {
  return error instanceof TransportError || error instanceof CallTimeoutError;
}

function explain(error: unknown, url: string | undefined): string {
  if (isOfNoRegistry(error)) return `${url} is no registry, it has no method locate_service`;
  return error instanceof Error ? error.message : String(error);
}

function isOfNoRegistry(error: unknown): boolean {
  if (error instanceof MethodNotFoundError) return true;
  return error instanceof Error && error.cause !== undefined && isOfNoRegistry(error.cause);
}

/** A registry takes whatever a service announces: one bad entry must not hide the good ones. */
function readServices(answer: JsonValue, url: string): ListedService[] {
  if (!Array.isArray(answer)) {
    throw new InvalidResponseError(`Cannot list services: ${url} answered with no list of them`);
  }
  return answer.flatMap((entry) => {
    if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return [];
    const { name, url, last_seen: lastSeen } = entry;
    if (typeof name !== "string" || typeof url !== "string") return [];
    const time = typeof lastSeen === "string" ? Date.parse(lastSeen) : NaN;
    return [{ name, url, lastSeenMs: Number.isNaN(time) ? null : time }];
  });
}

/** As Fisher and Yates do it. */
function shuffle<T>(items: readonly T[]): T[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const index = Math.floor(Math.random() * (last + 1));
    [shuffled[last], shuffled[index]] = [shuffled[index] as T, shuffled[last] as T];
  }
  return shuffled;
}
