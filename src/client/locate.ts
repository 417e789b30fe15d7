/**
 * Finds a service by asking a registry.
 *
 * @module
 */
import { InvalidResponseError, ServiceNotFoundError } from "../errors.ts";
import type { JsonValue } from "../json.ts";
import type { LocateOptions } from "./remote_service_options.ts";
import type { Result } from "./result.ts";

/** The part of a client of the registry that is needed here. */
export interface RegistryClient {
  /** The URL of the registry. */
  readonly url: string;
  /** Calls a method of the registry. */
  callMethod(method: string, params: { readonly name: string }): Promise<Result>;
}

/**
 * Asks a registry where a service is, and picks one of the places.
 *
 * @param registry A client of the registry.
 * @param pattern The name, or a glob pattern of names: `*` for any characters, `?` for one.
 * @param choose How to pick one of several.
 * @returns The URL of the service.
 * @throws {ServiceNotFoundError} when no service matches.
 * @throws {InvalidResponseError} when the answer of the registry is no list of URLs.
 * @throws {RemoteServiceError} when the registry does not answer, or with an error.
 */
export async function locateService(
  registry: RegistryClient,
  pattern: string,
  choose: NonNullable<LocateOptions["choose"]>,
): Promise<string> {
  const urls = await askRegistry(registry, pattern);
  if (urls.length === 0) {
    throw new ServiceNotFoundError(
      pattern,
      `Cannot locate service "${pattern}": ${registry.url} knows none of that name`,
    );
  }
  if (choose !== "random") return choose(urls);
  // Below the length, as Math.random() is below 1.
  return urls[Math.floor(Math.random() * urls.length)] as string;
}

/**
 * Asks a registry where a service is.
 *
 * @param registry A client of the registry.
 * @param pattern The name, or a glob pattern of names.
 * @returns The URLs that it knows, which differ; empty when it knows no such service.
 * @throws {InvalidResponseError} when the answer of the registry is no list of URLs.
 * @throws {RemoteServiceError} when the registry does not answer, or with an error.
 */
export async function askRegistry(registry: RegistryClient, pattern: string): Promise<readonly string[]> {
  const answer = await registry.callMethod("locate_service", { name: pattern });
  return readUrls(answer.unwrap(), registry.url);
}

/** Python gemstone answers null when it knows no such service. */
function readUrls(answer: JsonValue, registryUrl: string): readonly string[] {
  const locations = answer ?? [];
  if (!Array.isArray(locations)) {
    throw new InvalidResponseError(`Cannot locate a service: ${registryUrl} answered with no list of URLs`);
  }
  // A registry takes whatever a service announces: one bad entry must not hide the good ones.
  const urls = locations.filter((location): location is string => toHttpUrl(location) !== undefined);
  if (urls.length === 0 && locations.length > 0) {
    throw new InvalidResponseError(`Cannot locate a service: ${registryUrl} answered with no HTTP URL`);
  }
  return [...new Set(urls)];
}

/**
 * Reads a URL that a service has announced.
 *
 * @param location What was announced.
 * @returns The URL, as the URL standard writes it; `undefined` when it is none that can be called: no text, another
 * scheme than HTTP, a user name or password in it.
 */
export function toHttpUrl(location: unknown): string | undefined {
  if (typeof location !== "string" || !/^https?:\/\//i.test(location) || !URL.canParse(location)) {
    return undefined;
  }
  const { href, username, password } = new URL(location);
  return username === "" && password === "" ? href : undefined;
}
