/**
 * The instances that a registry has named, for one call.
 *
 * @module
 */
import type { ServiceInstances } from "../client/service_instances.ts";

/** Instances in the order in which they are tried. */
export class ListedInstances implements ServiceInstances {
  readonly pattern: string;
  readonly #urls: readonly string[];
  readonly #onRefused: (url: string) => void;
  #url: string;

  /**
   * @param pattern What was looked for.
   * @param urls The instances, at least one.
   * @param onRefused Hears of one that surely did not take the call.
   */
  constructor(
    pattern: string,
    urls: readonly [string, ...string[]],
    onRefused: (url: string) => void,
  ) {
    this.pattern = pattern;
    this.#urls = urls;
    this.#onRefused = onRefused;
    this.#url = urls[0];
  }

  /** The one that has answered, before that the first. */
  get url(): string {
    return this.#url;
  }

  /** Returns the first that has not been tried. */
  choose(tried: ReadonlySet<string>): string | undefined {
    return this.#urls.find((url) => !tried.has(url));
  }

  /** There are no others. */
  refresh(): Promise<void> {
    return Promise.resolve();
  }

  refused(url: string): void {
    this.#onRefused(url);
  }

  answered(url: string): void {
    this.#url = url;
  }
}
