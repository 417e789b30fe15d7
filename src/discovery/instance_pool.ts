/**
 * The instances of one service, for a client that calls one of them at a time.
 *
 * @module
 */
import type { ServiceInstances } from "../client/service_instances.ts";
import type { LocationSource } from "./location_source.ts";
import type { Refusals } from "./refusals.ts";

/** What a pool draws from. */
export interface InstancePoolOptions {
  /** Gives the list. */
  readonly source: LocationSource;
  /** Which instances are left out. */
  readonly refusals: Refusals;
  /** Gives numbers from 0 to below 1. */
  readonly random: () => number;
}

/** Chooses at random among the instances that are there now, without those that refused lately. */
export class InstancePool implements ServiceInstances {
  readonly pattern: string;
  readonly #options: InstancePoolOptions;
  #url = "";

  /**
   * Stores what is looked for.
   *
   * @param pattern The name, or a pattern of names.
   * @param options What it draws from.
   */
  constructor(pattern: string, options: InstancePoolOptions) {
    this.pattern = pattern;
    this.#options = options;
  }

  /** The instance that answered last; before that, one of those that are known; before the first search, empty. */
  get url(): string {
    return this.#url;
  }

  /**
   * Takes the list that there is, if it is fresh.
   *
   * @returns Whether it is, so that nobody need be asked.
   */
  takeKnown(): boolean {
    const urls = this.#options.source.peek(this.pattern);
    this.#url = urls?.[0] ?? "";
    return urls !== undefined;
  }

  /**
   * Finds them, before the first call.
   *
   * @param signal Ends the wait.
   * @throws {ServiceNotFoundError} when there are none.
   * @throws {DiscoveryError} when nobody can tell.
   */
  async find(signal: AbortSignal): Promise<void> {
    const [first = ""] = await this.#options.source.get(this.pattern, signal);
    this.#url = first;
  }

  /**
   * Chooses one.
   *
   * @param tried Those that are not to be chosen.
   * @param signal Ends the wait for the list.
   * @returns One that has not been tried: at random one that is not left out, else the one that has been so for the
   * longest time. `undefined` when all have been tried.
   */
  choose(tried: ReadonlySet<string>, signal: AbortSignal): string | undefined | Promise<string | undefined> {
    const urls = this.#options.source.get(this.pattern, signal);
    return urls instanceof Promise ? urls.then((list) => this.#pick(list, tried)) : this.#pick(urls, tried);
  }

  /**
   * Looks for them anew.
   *
   * @param signal Ends the wait.
   */
  async refresh(signal: AbortSignal): Promise<void> {
    await this.#options.source.insist(this.pattern, signal);
  }

  /**
   * One did not take a call, or did not answer it in time.
   *
   * @param url The instance.
   */
  refused(url: string): void {
    this.#options.refusals.add(url);
  }

  /**
   * One has answered.
   *
   * @param url The instance.
   */
  answered(url: string): void {
    this.#url = url;
    this.#options.refusals.answered(url);
  }

  #pick(urls: readonly string[], tried: ReadonlySet<string>): string | undefined {
    const { refusals, random } = this.#options;
    const left = tried.size === 0 ? urls : urls.filter((url) => !tried.has(url));
    const good = refusals.isEmpty ? left : left.filter((url) => refusals.since(url) === undefined);
    const url = good.length > 0 ? good[Math.floor(random() * good.length)] : this.#longestOut(left);
    if (url === undefined) return undefined;
    refusals.tries(url);
    return url;
  }

  #longestOut(urls: readonly string[]): string | undefined {
    const { refusals } = this.#options;
    const since = (url: string): number => refusals.since(url) ?? -Infinity;
    return urls.reduce<string | undefined>(
      (longest, url) => longest === undefined || since(url) < since(longest) ? url : longest,
      undefined,
    );
  }
}
