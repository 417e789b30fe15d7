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
 * Asks a registry where a service is.
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
  const answer = await registry.callMethod("locate_service", { name: pattern });
  const urls = readUrls(answer.unwrap(), registry.url);
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

/** Python gemstone answers null when it knows no such service. */
function readUrls(answer: JsonValue, registryUrl: string): string[] {
  const locations = answer ?? [];
  if (!Array.isArray(locations)) {
    throw new InvalidResponseError(`Cannot locate a service: ${registryUrl} answered with no list of URLs`);
  }
  // A registry takes whatever a service announces: one bad entry must not hide the good ones.
  const urls = locations.filter((location): location is string =>
    typeof location === "string" && isHttpUrl(location)
  );
  if (urls.length === 0 && locations.length > 0) {
    throw new InvalidResponseError(`Cannot locate a service: ${registryUrl} answered with no HTTP URL`);
  }
  return [...new Set(urls)];
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
