/** @module */
import { RemoteService } from "../client/remote_service.ts";
import type { RemoteServiceOptions } from "../client/remote_service_options.ts";

/**
 * What {@linkcode createTestClient} needs of a service; each `MicroService` has it.
 *
 * @example What else can be called
 * ```ts
 * import { createTestClient, type TestedService } from "@gemstone/gemstone/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const fake: TestedService = {
 *   url: "http://fake.test/api",
 *   fetch: () => Response.json({ jsonrpc: "2.0", result: 7, id: 1 }),
 * };
 * assertEquals((await createTestClient(fake).callMethod("anything")).value, 7);
 * ```
 */
export interface TestedService {
  /** Where its endpoint is; host and port do not matter. */
  readonly url: string;
  /** Answers a request, without a socket. */
  fetch(request: Request): Response | Promise<Response>;
}

/**
 * Makes a client whose requests go straight to a service, without a socket and without `start()`: all of a real call
 * but the network.
 *
 * @typeParam Api The class or interface of the service, for the types of its methods.
 * @param service The service.
 * @param options Those of {@linkcode RemoteService}, but for `fetch`.
 * @returns The client.
 *
 * @example
 * ```ts
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 * import { createTestClient } from "@gemstone/gemstone/testing";
 * import { assertEquals } from "@std/assert";
 *
 * class Greeter extends MicroService {
 *   override name = "greeter";
 *   @exposedMethod()
 *   greet(name: string): string {
 *     return `hello ${name}`;
 *   }
 * }
 *
 * const { methods } = createTestClient(new Greeter(), { auth: { type: "header", token: "s3cret" } });
 * assertEquals(await methods.greet("Ann"), "hello Ann");
 * ```
 */
export function createTestClient<Api extends TestedService>(
  service: Api,
  options: Omit<RemoteServiceOptions, "fetch"> = {},
): RemoteService<Api> {
  return new RemoteService<Api>(service.url, {
    ...options,
    fetch: (url, init) => Promise.resolve(service.fetch(new Request(url, init))),
  });
}
