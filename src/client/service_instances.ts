/**
 * What a client needs to know of a service that runs in several places.
 *
 * @module
 */

/**
 * The instances of a service, one of which each call goes to. `ServiceDiscovery` of
 * `@gemstone/gemstone/discovery` makes them; `new RemoteService(instances)` calls them.
 *
 * @example Two known places, of which the second one is only asked when the first one does not take the call
 * ```ts
 * import { RemoteService, type ServiceInstances } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * const urls = ["http://127.0.0.1:8001/api", "http://127.0.0.1:8002/api"];
 * const inTurn: ServiceInstances = {
 *   pattern: "workers",
 *   url: urls[0]!,
 *   choose: (tried) => urls.find((url) => !tried.has(url)),
 *   refresh: () => Promise.resolve(),
 *   refused: () => {}, // one that remembers would leave it out for a while
 *   answered: () => {},
 * };
 * const workers = new RemoteService(inTurn, {
 *   fetch(url) {
 *     if (url === urls[0]) throw Object.assign(new Error("Connection refused"), { code: "ECONNREFUSED" });
 *     return Response.json({ jsonrpc: "2.0", result: "from the second", id: 1 });
 *   },
 * });
 * assertEquals(await workers.methods.work(), "from the second");
 * ```
 */
export interface ServiceInstances {
  /** The name, or the pattern of names, that was looked for. */
  readonly pattern: string;
  /** The URL of the instance that answered last; before that, of one of those that are known. */
  readonly url: string;
  /**
   * Chooses the instance for the next try of a call.
   *
   * @param tried The URLs that this call has tried.
   * @param signal Ends the wait for the list of instances.
   * @returns A URL that has not been tried, `undefined` when there is none left. Rejects when nobody can tell.
   */
  choose(tried: ReadonlySet<string>, signal: AbortSignal): string | undefined | Promise<string | undefined>;
  /**
   * Looks for the instances anew.
   *
   * @param signal Ends the wait.
   */
  refresh(signal: AbortSignal): Promise<void>;
  /**
   * Hears that an instance surely did not take a call, or did not answer one in time: calls should go elsewhere for a
   * while.
   *
   * @param url The instance.
   */
  refused(url: string): void;
  /**
   * Hears that an instance has answered.
   *
   * @param url The instance.
   */
  answered(url: string): void;
}
