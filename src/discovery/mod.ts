/**
 * Find services by name: ways to announce and to find them, patterns of names, and what chooses among the instances.
 *
 * A service that has `discoveryStrategies` or `serviceRegistryUrls` announces its name and URL when it starts, and again at
 * an interval; `getService(pattern)` gives a client of another one. Services know names, never addresses, and each may run in
 * several places.
 *
 * Two services that meet through a registry:
 *
 * ```ts
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 * import { ServiceRegistry } from "@gemstone/gemstone/registry";
 * import { assertEquals } from "@std/assert";
 *
 * class Resizer extends MicroService {
 *   override name = "workers.resizer";
 *   override port = 0;
 *   @exposedMethod()
 *   resize(image: string): string {
 *     return `small ${image}`;
 *   }
 * }
 *
 * class Gallery extends MicroService {
 *   override name = "gallery";
 *   override port = 0;
 *   @exposedMethod()
 *   async show(image: string): Promise<string> {
 *     const worker = await this.getService<Resizer>("workers.*");
 *     return await worker.methods.resize(image);
 *   }
 * }
 *
 * await using registry = new ServiceRegistry();
 * registry.port = 0;
 * await registry.start();
 *
 * await using resizer = new Resizer();
 * await using gallery = new Gallery();
 * resizer.serviceRegistryUrls = gallery.serviceRegistryUrls = [registry.url];
 * await Promise.all([resizer.start(), gallery.start()]);
 * assertEquals(await gallery.show("a.png"), "small a.png");
 * ```
 *
 * ## Ways to announce and find
 *
 * | Strategy | Where it is kept | Forgotten after |
 * | --- | --- | --- |
 * | {@linkcode HttpDiscoveryStrategy}, `serviceRegistryUrls` | in registries, see `@gemstone/gemstone/registry` | 60 s, a setting of the registry |
 * | {@linkcode RedisDiscoveryStrategy} | in Redis, without a registry | 180 s, `timeToLiveMs` |
 * | {@linkcode StaticDiscoveryStrategy} | in a list that does not change | never; what is announced is not kept |
 *
 * Each URL in `serviceRegistryUrls` is a strategy behind those of `discoveryStrategies`. A service is announced through all
 * of them, each apart from the others. A search asks them in order, until one knows the service; one that failed in the last
 * 10 seconds is asked behind the others. `stop()` closes them, a new start opens them again.
 *
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import { HttpDiscoveryStrategy, StaticDiscoveryStrategy } from "@gemstone/gemstone/discovery";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override discoveryStrategies = [
 *     new StaticDiscoveryStrategy({ payments: "https://payments.example.com/api" }), // not ours: asked first
 *     new HttpDiscoveryStrategy(["http://10.0.0.1:8080/api", "http://10.0.0.2:8080/api"]),
 *   ];
 * }
 * ```
 *
 * ## Announcing
 *
 * When the service listens, `start()` announces it, and waits for that for 5 seconds at most; a registry that is down does
 * not keep it from starting. Then it is announced every `serviceRegistryPingIntervalMs` (30 s, each time up to a tenth more
 * or less), after a failure sooner: in a second at first, then in 2, 4 … up to the interval, at random up to half less. What fails is logged once, and
 * once more when it works again. `stop()` first withdraws the service, where the strategy can (registries of Python gemstone
 * can not), then lets calls under way finish.
 *
 * What is announced is `accessibleAt`, or else the URL that the service listens on. **In a container, behind a proxy or on
 * `0.0.0.0` set `accessibleAt`** to a URL that others can reach; the log warns of the last.
 *
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import process from "node:process";
 *
 * class Users extends MicroService {
 *   override name = "users";
 *   override host = "0.0.0.0";
 *   override accessibleAt = `http://${process.env["POD_IP"] ?? "127.0.0.1"}:8000/api`;
 *   override serviceRegistryUrls = ["http://registry:8080/api"];
 * }
 * ```
 *
 * ## Names and patterns
 *
 * A name has 1 to 256 characters, none of them a control character, `*`, `?` or `#` (for Redis neither `[`, `]`, `\`, `^`
 * and white space); dots make groups that people see.
 * A pattern is what `fnmatch` of Python has: `*` is any run of characters, **dots too**, `?` is one, `[seq]` is one of these,
 * `[!seq]` one of all others. Capitals differ from small letters. A pattern of 256 characters is the longest;
 * matching takes time in proportion to the name, whatever the pattern. A name without these characters is looked for as it
 * is: `users` does not find `users.admin`.
 *
 * ```ts
 * import { NamePattern } from "@gemstone/gemstone/discovery";
 * import { assertEquals } from "@std/assert";
 *
 * const finds = (pattern: string, name: string) => new NamePattern(pattern).matches(name);
 * assertEquals(finds("workers.*", "workers.image.small"), true);
 * assertEquals(finds("workers.*", "workers"), false);
 * assertEquals(finds("cache-[0-9]", "cache-7"), true);
 * ```
 *
 * ## Which instance a call goes to
 *
 * Each call goes to one of the instances that are known at that time, chosen at random. One that surely did not get the call
 * (its port refuses, its name does not resolve, it says that it stops) is left out for 5 seconds, and twice as long each time
 * it refuses again, up to 60; the call goes on to another one. So does one that lets a call run into its time limit, but that
 * call is over. When all have been tried, the strategies are asked anew, all of them, and then what is new.
 *
 * A call whose connection broke **may have run**: it is a `TransportError` with `outcome` `"unknown"`, unless
 * `{ idempotent: true }` says that it may run twice; then it goes on, too. Calls of one client need not go to the same
 * instance: keep no state between them.
 *
 * ```ts
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 * import { StaticDiscoveryStrategy } from "@gemstone/gemstone/discovery";
 * import { assertEquals } from "@std/assert";
 *
 * class Prices extends MicroService {
 *   override name = "prices";
 *   override port = 0;
 *   @exposedMethod()
 *   of(sku: string): number {
 *     return sku.length;
 *   }
 * }
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 * }
 *
 * await using prices = new Prices();
 * await prices.start();
 * const nobody = "http://127.0.0.1:1/api"; // refuses the connection
 * await using shop = new Shop();
 * shop.discoveryStrategies = [new StaticDiscoveryStrategy({ prices: [nobody, prices.url] })];
 *
 * const { methods } = await shop.getService<Prices>("prices", { idempotent: true, timeoutMs: 5_000 });
 * assertEquals(await methods.of("abc"), 3);
 * assertEquals(await methods.of("abcd"), 4);
 * ```
 *
 * ## What is kept of it
 *
 * `getService` and each call look into `remoteServiceCache`; nobody is asked while its list is fresh, so call `getService`
 * wherever a service is needed. {@linkcode ServiceDiscoveryCache}, the default, has a list fresh for 5 seconds; for 25 more
 * it is used while a new one is looked for; then it is the last resort, when no strategy can answer. So a new instance gets
 * calls after some 5 seconds, and a registry that is down stops nobody who has found the service before.
 * {@linkcode DummyCache} keeps nothing; for one of your own implement {@linkcode DiscoveryCache}.
 *
 * ## When nothing is found
 *
 * | Error of `getService` or a call | Means |
 * | --- | --- |
 * | `ServiceNotFoundError` | no such service is known; with a `cause`, not everybody could be asked |
 * | `DiscoveryError` | no strategy could answer, or discovery has been stopped |
 * | `ServiceConfigurationError` | the service has neither `discoveryStrategies` nor `serviceRegistryUrls` |
 * | `CallTimeoutError`, `CallAbortedError` | the search took longer than `timeoutMs` (30 s), or `signal` ended it |
 *
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import { ServiceNotFoundError, StaticDiscoveryStrategy } from "@gemstone/gemstone/discovery";
 * import { assertRejects } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override discoveryStrategies = [new StaticDiscoveryStrategy({})];
 * }
 * await assertRejects(() => new Shop().getService("prices"), ServiceNotFoundError);
 * ```
 *
 * ## Whom to trust
 *
 * Whoever can announce a name gets its calls, and the `auth` of a client goes to whichever URL was found: let nobody else
 * reach registries and Redis, or have the registry ask for a token (`auth` of {@linkcode HttpDiscoveryStrategy}; see
 * `@gemstone/gemstone/registry`). URLs that are none of HTTP, or hold a password, are left out.
 *
 * ## A strategy of your own
 *
 * Implement {@linkcode DiscoveryStrategy}: `ping` and `locate`, and `withdraw` and `close` where they make sense. Return an
 * empty list when there is no such service, reject when you can not tell. Match names with {@linkcode NamePattern}. An
 * announcement may take 5 seconds (the interval, when that is less), a search 10; then `signal` aborts, and the strategy
 * counts as failed.
 *
 * ## Without a service
 *
 * {@linkcode ServiceDiscovery} is what a service uses. `RemoteService.getServiceByName(registry, pattern)` of
 * `@gemstone/gemstone/client` asks a registry once, and the client keeps the instance that it got; so does
 * `gemstone call NAME METHOD`. `gemstone list` shows who is known.
 *
 * ## Python gemstone
 *
 * The protocol of registries is that of 0.4 to 0.12, the keys in Redis those of 0.10 to 0.12: old and new services find each
 * other. Patterns in registries of Python may know less; in Redis they are matched here, by the rules above.
 *
 * @module
 */

// Ways to announce and to find.
export type { DiscoveryOptions, DiscoveryStrategy } from "./discovery_strategy.ts";
export { type HttpDiscoveryOptions, HttpDiscoveryStrategy } from "./http_discovery.ts";
export { type RedisDiscoveryOptions, RedisDiscoveryStrategy } from "./redis_discovery.ts";
export { StaticDiscoveryStrategy } from "./static_discovery.ts";

// What is kept of it.
export { type CachedLocations, type DiscoveryCache, DummyCache } from "./discovery_cache.ts";
export { ServiceDiscoveryCache, type ServiceDiscoveryCacheOptions } from "./service_discovery_cache.ts";

// Names.
export { NamePattern } from "./name_pattern.ts";

// All together.
export { ServiceDiscovery, type ServiceDiscoveryOptions } from "./service_discovery.ts";
export type { Clock } from "../clock.ts";
export type { ServiceInstances } from "../client/service_instances.ts";

// Why a service was not found.
export { DiscoveryError, ServiceConfigurationError, ServiceNotFoundError } from "../errors.ts";
