/**
 * Services at places that are known beforehand.
 *
 * @module
 */
import { toHttpUrl } from "../client/locate.ts";
import type { DiscoveryStrategy } from "./discovery_strategy.ts";
import { NamePattern } from "./name_pattern.ts";

/**
 * A list of services that does not change: for development, for tests, and where DNS or a load balancer knows the
 * rest. What is announced to it is not kept.
 *
 * @example
 * ```ts
 * import { StaticDiscoveryStrategy } from "@gemstone/gemstone/discovery";
 *
 * import { assertEquals } from "@std/assert";
 *
 * const places = new StaticDiscoveryStrategy({
 *   users: "http://users.internal/api",
 *   "workers.image": ["http://10.0.0.1:8000/api", "http://10.0.0.2:8000/api"],
 * });
 * assertEquals((await places.locate("workers.*")).length, 2);
 * ```
 */
export class StaticDiscoveryStrategy implements DiscoveryStrategy {
  readonly #urls: ReadonlyMap<string, readonly string[]>;

  /**
   * Copies the list.
   *
   * @param map The URL, or the URLs, of each service by its name.
   * @throws {TypeError} when it is neither an object nor a Map, or a URL is none of HTTP.
   */
  constructor(
    map:
      | Readonly<Record<string, string | readonly string[]>>
      | ReadonlyMap<string, string | readonly string[]>,
  ) {
    if (typeof map !== "object" || map === null) {
      throw new TypeError(
        `Cannot use ${map === null ? "null" : typeof map} as a list of services: give an object or a Map`,
      );
    }
    const entries = map instanceof Map ? [...map] : Object.entries(map);
    this.#urls = new Map(entries.map(([name, urls]) => [name, toUrls(name, urls)]));
  }

  /** Does nothing: the list does not change. */
  async ping(): Promise<void> {}

  /**
   * Looks into the list.
   *
   * @param pattern The name, or a pattern of names.
   * @returns The URLs of all services that match.
   * @throws {RangeError} when the pattern is too long.
   */
  // deno-lint-ignore require-await -- what is wrong with the pattern must reject, not throw
  async locate(pattern: string): Promise<readonly string[]> {
    const names = new NamePattern(pattern);
    if (names.literal !== undefined) return this.#urls.get(names.literal) ?? [];
    return [...this.#urls].flatMap(([name, urls]) => names.matches(name) ? urls : []);
  }
}

function toUrls(name: string, urls: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(urls) ? urls : [urls];
  return list.map((text) => {
    const url = toHttpUrl(text);
    if (url !== undefined) return url;
    const shown = typeof text === "string" ? JSON.stringify(text.slice(0, 100)) : typeof text;
    throw new TypeError(
      `Cannot use ${shown} as the URL of service ${JSON.stringify(name)}: give one of HTTP without password`,
    );
  });
}
