/**
 * What a service says about itself, if it exposes `get_service_specs` (Python gemstone until 0.11 always does).
 *
 * @module
 */
import { InvalidResponseError } from "../errors.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { isObject } from "./response.ts";

/**
 * What a service says about itself.
 *
 * @example
 * ```ts
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 * import { RemoteService, type ServiceInfo } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override useIntrospection = true;
 *   @exposedMethod({ summary: "Orders an article." })
 *   order(sku: string): number {
 *     return sku.length;
 *   }
 * }
 *
 * const shop = new Shop();
 * const remote = new RemoteService(shop.url, { fetch: (url, init) => shop.fetch(new Request(url, init)) });
 * const info: ServiceInfo = await remote.refreshServiceInfo();
 * assertEquals([info.name, info.methods.get("order")], ["shop", "Orders an article."]);
 * ```
 */
export interface ServiceInfo {
  /** The name under which the service is registered. */
  readonly name: string;
  /** The methods by name, each with its description or `null`. */
  readonly methods: ReadonlyMap<string, string | null>;
  /** All that the service said: `host`, `port`, `accessible_at`, `events_handled` … */
  readonly specs: JsonObject;
}

/**
 * Checks what a service said about itself.
 *
 * @param specs The result of `get_service_specs`.
 * @param url The URL of the service, for error texts.
 * @returns The same as an object with known members.
 * @throws {InvalidResponseError} when `name` is no string or `methods` no object.
 */
export function toServiceInfo(specs: JsonValue, url: string): ServiceInfo {
  const { name, methods } = isObject(specs) ? specs : {};
  if (!isObject(specs) || typeof name !== "string" || !isObject(methods)) {
    throw new InvalidResponseError(`Cannot read what ${url} says about itself: it has no name or no methods`);
  }
  const descriptions = Object.entries(methods).map(([method, text]): [string, string | null] => [
    method,
    typeof text === "string" ? text : null,
  ]);
  return { name, methods: new Map(descriptions), specs };
}
