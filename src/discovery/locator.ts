/**
 * Asks the strategies where a service is.
 *
 * @module
 */
import { toHttpUrl } from "../client/locate.ts";
import { DiscoveryError, ServiceNotFoundError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import type { Clock } from "../clock.ts";
import { doWithin } from "./do_within.ts";
import type { DiscoveryOptions, DiscoveryStrategy } from "./discovery_strategy.ts";
import { FailureLog } from "./failure_log.ts";
import { createPartialNotFound, isNotFound, isPartial } from "./partial_answer.ts";

/** Whom to ask. */
export interface LocatorOptions {
  /** The strategies, in order. */
  readonly strategies: readonly DiscoveryStrategy[];
  /** Hears of what fails. */
  readonly logger: Logger;
  /** The clock. */
  readonly clock: Clock;
}

/** A strategy, and how it does. */
interface Source {
  readonly strategy: DiscoveryStrategy;
  readonly log: FailureLog;
  /** When it failed, until it answers again; -Infinity when it has not. */
  failedAtMs: number;
}

/** What a strategy answered. */
interface Answer {
  /** What it knows; empty when it failed, too. */
  readonly urls: readonly string[];
  /** Why it could not tell, or could not ask everybody. */
  readonly failure?: unknown;
  /** Whether those whom it could ask know none. */
  readonly isPartial?: boolean;
}

/** The most that one strategy may take; it may ask several registries. */
const MAX_LOCATE_MS = 10_000;
/** How long one that failed is asked behind the others, so that not each search waits for it. */
const LAST_IN_LINE_MS = 10_000;

/** Asks the strategies in order, until one knows the service, or all of them. */
export class Locator {
  readonly #sources: readonly Source[];
  readonly #clock: Clock;

  /**
   * Stores whom to ask; nothing is sent.
   *
   * @param options Whom to ask.
   */
  constructor({ strategies, logger, clock }: LocatorOptions) {
    this.#sources = strategies.map((strategy) => ({
      strategy,
      log: new FailureLog(logger, `look up services by ${strategy.constructor.name}`),
      failedAtMs: -Infinity,
    }));
    this.#clock = clock;
  }

  /**
   * Looks for a service.
   *
   * @param pattern Its name, or a pattern of names.
   * @param options `signal`: ends the search. `isThorough`: asks all strategies, at the same time.
   * @returns The URLs of its instances, which differ and can be called; at least one.
   * @throws {ServiceNotFoundError} when no strategy that answered knows it; with a `cause` when not all answered.
   * @throws {DiscoveryError} when none answered, or the search was ended.
   */
  async locate(pattern: string, options: DiscoveryOptions): Promise<readonly string[]> {
    const answers = options.isThorough
      ? await Promise.all(this.#sources.map((source) => this.#ask(source, pattern, options)))
      : await this.#askInTurn(pattern, options);
    const urls = new Set(answers.flatMap((answer) => answer.urls));
    if (urls.size === 0) throw this.#toError(pattern, answers);
    return [...urls];
  }

  async #askInTurn(pattern: string, options: DiscoveryOptions): Promise<readonly Answer[]> {
    const answers: Answer[] = [];
    for (const source of this.#inLine()) {
      const answer = await this.#ask(source, pattern, options);
      answers.push(answer);
      if (answer.urls.length > 0) break;
    }
    return answers;
  }

  async #ask(source: Source, pattern: string, { signal, isThorough }: DiscoveryOptions): Promise<Answer> {
    const { strategy, log } = source;
    const limits = { limitMs: MAX_LOCATE_MS, signal };
    try {
      const found = await doWithin(
        (ended) => strategy.locate(pattern, { signal: ended, isThorough }),
        limits,
        this.#clock,
      );
      const urls = toUrls(found);
      source.failedAtMs = -Infinity;
      log.succeeded();
      return { urls };
    } catch (failure) {
      if (signal.aborted) {
        throw new DiscoveryError(pattern, `Cannot find service "${pattern}": the search was ended`);
      }
      // Neither a failure nor a success: else each unknown name would make a line, and each known one, too.
      if (isNotFound(failure)) {
        return isPartial(failure) ? { urls: [], failure, isPartial: true } : { urls: [] };
      }
      source.failedAtMs = this.#clock.elapsed();
      log.failed(failure);
      return { urls: [], failure };
    }
  }

  /** All in order, those that failed lately behind the others. */
  #inLine(): readonly Source[] {
    const sinceMs = this.#clock.elapsed() - LAST_IN_LINE_MS;
    const hasFailed = ({ failedAtMs }: Source): boolean => failedAtMs > sinceMs;
    return [...this.#sources.filter((source) => !hasFailed(source)), ...this.#sources.filter(hasFailed)];
  }

  #toError(pattern: string, answers: readonly Answer[]): Error {
    const count = answers.length;
    const action = `Cannot find service "${pattern}"`;
    // One may reject without saying why.
    const failed = answers.filter((answer) => "failure" in answer);
    if (failed.length === 0) {
      return new ServiceNotFoundError(pattern, `${action}: no strategy knows one (asked ${count})`);
    }
    const failures = failed.map(({ failure }) => failure);
    const why = failures.map((failure) => failure instanceof Error ? failure.message : String(failure)).join(
      "; ",
    );
    if (failed.length === count && !failed.some(({ isPartial }) => isPartial)) {
      const cause = new AggregateError(failures, `${count} strategies failed`);
      return new DiscoveryError(pattern, `${action}: all of ${count} strategies failed: ${why}`, { cause });
    }
    const text =
      `${action}: ${failed.length} of ${count} strategies failed and nobody else knows one: ${why}`;
    return createPartialNotFound(pattern, text, failures);
  }
}

/** Strategies may be in plain JavaScript, and what they know comes from services of all kinds. */
function toUrls(found: unknown): readonly string[] {
  const list = found ?? [];
  if (!Array.isArray(list)) throw new TypeError(`Expected a list of URLs, got ${typeof list}`);
  const urls = (list as readonly unknown[]).map(toHttpUrl).filter((url) => url !== undefined);
  return [...new Set(urls)];
}
