/**
 * The registry, by which services find each other: a service like any other, to be run by `gemstone registry`, by a program,
 * or within a test. Services announce themselves to it, and ask it for others by name;
 * `@gemstone/gemstone/discovery` is their side of it.
 *
 * A registry, and a service that announces itself:
 *
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import { ServiceRegistry } from "@gemstone/gemstone/registry";
 * import { assertEquals } from "@std/assert";
 *
 * class Users extends MicroService {
 *   override name = "users";
 *   override port = 0;
 * }
 *
 * await using registry = new ServiceRegistry();
 * registry.port = 0;
 * await registry.start();
 *
 * await using users = new Users();
 * users.serviceRegistryUrls = [registry.url];
 * await users.start();
 * assertEquals(await registry.locate_service("users"), [users.url]);
 * ```
 *
 * ## Run it
 *
 * From the command line, in memory or with Redis:
 *
 * ```sh
 * gemstone registry --host 0.0.0.0 --port 8080
 * gemstone registry --host 0.0.0.0 --redis redis://10.0.0.5:6379/3 --lifetime 90000
 * gemstone list "workers.*"   # who is there; GEMSTONE_REGISTRY or --registry say where to ask
 * ```
 *
 * It listens on 127.0.0.1 unless it is told otherwise. Services name it by its endpoint:
 * `serviceRegistryUrls = ["http://10.0.0.1:8080/api"]`. As a program of its own, with settings from the command line:
 *
 * ```ts
 * import { Configurable, defaultConfigurables } from "@gemstone/gemstone/config";
 * import { ServiceRegistry } from "@gemstone/gemstone/registry";
 *
 * class Registry extends ServiceRegistry {
 *   override host = "0.0.0.0";
 *   override maxServices = 5_000;
 *   override configurables = [
 *     ...defaultConfigurables(),
 *     new Configurable("serviceLifetimeMs", { type: "integer", description: "How long a silent service is known" }),
 *   ];
 * }
 *
 * if (import.meta.main) await new Registry().start(); // --port 8080 --serviceLifetimeMs 90000
 * ```
 *
 * ## What it answers
 *
 * | Method | Does |
 * | --- | --- |
 * | `ping(name, url)` | announces an instance, from now on for `serviceLifetimeMs`; `name, host, port` do, too |
 * | `locate_service(name)` | the URLs of a name, or of a pattern (`*`, `?`, `[seq]`, `[!seq]`), in random order; `[]` when there are none |
 * | `unregister(name, url)` | forgets an instance at once; whether it was known |
 * | `list_services(pattern?)` | instances with name, `last_seen` and `expires_in_ms`, in order |
 *
 * They are ordinary JSON-RPC methods, for any client, and for the program that the registry runs in. What is announced is
 * checked: names of 1 to 256 characters without control characters, `*`, `?` and `#`; URLs of http or https, ASCII, at most
 * 2048 characters, without user, password and fragment. Anything else is Invalid params (-32602) with a reason. Nobody looks
 * whether a service answers at its URL.
 *
 * ```ts
 * import { ServiceRegistry } from "@gemstone/gemstone/registry";
 * import { assertEquals } from "@std/assert";
 *
 * const registry = new ServiceRegistry();
 * const call = { jsonrpc: "2.0", id: 1, method: "ping", params: { name: "users", url: "http://10.0.0.1:8000/api" } };
 * const response = await registry.fetch(
 *   new Request("http://127.0.0.1:8080/api", {
 *     method: "POST",
 *     headers: { "content-type": "application/json" },
 *     body: JSON.stringify(call),
 *   }),
 * );
 * assertEquals(await response.json(), { jsonrpc: "2.0", result: true, id: 1 });
 * ```
 *
 * ## Lifetimes and pings
 *
 * An instance is known for `serviceLifetimeMs` (60 s) after its last ping. Services ping every
 * `serviceRegistryPingIntervalMs` (30 s, give or take a tenth), so one lost ping does no harm: keep the lifetime at twice the
 * interval or more. One that stops in order withdraws itself; one that was killed is known until its time is over, and callers
 * go on to other instances meanwhile. Time is counted by a clock that never goes back, so setting the time of day neither
 * revives a service nor forgets one.
 *
 * Limits keep a mistake from filling the memory: `maxServices` (100,000 instances), `maxInstancesPerName` (1,000). A ping
 * above them is {@linkcode REGISTRY_FULL} (-32010), and changes nothing; those that are known can go on.
 *
 * ## Several registries
 *
 * - **Independent ones, in memory.** A service announces itself to all in its list, and asks them one after the other. One that
 *   is down, or has just been started and knows nobody for half a minute, costs nothing but a log line: clients keep what they
 *   know, and ask the others.
 * - **Several that share Redis**, by {@linkcode RedisRegistryStore}: all know the same, and a restart forgets nothing. The
 *   keys are those of `RedisDiscoveryStrategy` and of Python gemstone, so services that announce themselves in Redis are
 *   found, too. While Redis is away, calls are answered with {@linkcode REGISTRY_UNAVAILABLE} (-32011), within some two seconds,
 *   and clients ask the next registry; the log says so once. It needs the package `@redis/client`.
 *
 * ```ts
 * import { RedisRegistryStore, ServiceRegistry } from "@gemstone/gemstone/registry";
 *
 * if (import.meta.main) {
 *   const store = new RedisRegistryStore("redis://127.0.0.1:6379/3");
 *   await store.connect(); // or the first call finds out whether Redis is there
 *   await new ServiceRegistry({ store }).start();
 * }
 * ```
 *
 * For another database implement {@linkcode RegistryStore}.
 *
 * ## Who may announce
 *
 * Everybody who can reach it: whoever announces a name gets the calls for it. Let only your services reach the registry, or
 * make its methods private and check a token. Services send it by the `auth` of `HttpDiscoveryStrategy`;
 * `serviceRegistryUrls` has no place for it. TLS is the business of a proxy in front.
 *
 * ```ts
 * import { exposedMethod, isSameToken, MicroService } from "@gemstone/gemstone";
 * import { HttpDiscoveryStrategy } from "@gemstone/gemstone/discovery";
 * import { ServiceRegistry } from "@gemstone/gemstone/registry";
 * import { assertEquals } from "@std/assert";
 *
 * class GuardedRegistry extends ServiceRegistry {
 *   override apiTokenIsValid(token: string): boolean {
 *     return isSameToken(token, "s3cret");
 *   }
 *   @exposedMethod({ private: true, params: ["name", "url"] })
 *   override ping(name: string, url: string): Promise<boolean> {
 *     return super.ping(name, url);
 *   }
 *   @exposedMethod({ private: true, params: ["name", "url"] })
 *   override unregister(name: string, url: string): Promise<boolean> {
 *     return super.unregister(name, url);
 *   }
 * }
 *
 * class Users extends MicroService {
 *   override name = "users";
 *   override port = 0;
 * }
 *
 * await using registry = new GuardedRegistry();
 * registry.port = 0;
 * await registry.start();
 * await using users = new Users();
 * const auth = { type: "header", token: "s3cret" } as const;
 * users.discoveryStrategies = [new HttpDiscoveryStrategy(registry.url, { auth })];
 * await users.start();
 * assertEquals(await registry.locate_service("users"), [users.url]);
 * ```
 *
 * ## Python gemstone
 *
 * Services of all versions can announce themselves here, by notification or call, with a URL or, until 0.3, with host and
 * port; from 0.4 on they find others. Those up to 0.9 need `responseStyle = "legacy"` (`gemstone registry --legacy`): answers
 * then have both `result` and `error`, and notifications are acknowledged. Clients of this library take either. Services of
 * this library announce themselves to registries of Python from 0.4 on, which can not be told of a stop.
 *
 * @module
 */
export { type RegisteredService, ServiceRegistry, type ServiceRegistryOptions } from "./service_registry.ts";
export { MemoryRegistryStore, type MemoryRegistryStoreOptions } from "./memory_registry_store.ts";
export { RedisRegistryStore, type RedisRegistryStoreOptions } from "./redis_registry_store.ts";
export type { Clock } from "../clock.ts";
export { REGISTRY_FULL, REGISTRY_UNAVAILABLE } from "./registry_error.ts";
export type {
  Registration,
  RegistryLimits,
  RegistryStore,
  ServiceQuery,
  StoredInstance,
} from "./registry_store.ts";

// What its types are made of.
export type { BrokerTlsOptions } from "../events/tls_options.ts";
