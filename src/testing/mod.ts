/**
 * What you need to test your services without a socket and without a broker, and to prove an event transport of your
 * own.
 *
 * A service needs neither to answer: `fetch` takes a `Request` and gives a `Response`, before `start()`, as fast as a
 * function call. A {@linkcode MemoryEventTransport} carries events within the process, by the rules of a broker.
 * Nothing here belongs to a test runner: `Deno.test`, `node:test` and all others do.
 *
 * Call the methods of a service, typed, without a socket:
 *
 * ```ts
 * import { exposedMethod, MicroService, RpcError } from "@gemstone/gemstone";
 * import { createTestClient } from "@gemstone/gemstone/testing";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * class Stock extends MicroService {
 *   override name = "stock";
 *   left = 10;
 *
 *   @exposedMethod()
 *   take(count: number): number {
 *     if (count > this.left) throw new RpcError(4001, "Not enough", { left: this.left });
 *     return this.left -= count;
 *   }
 * }
 *
 * const { methods } = createTestClient(new Stock());
 * assertEquals(await methods.take(4), 6);
 * await assertRejects(() => methods.take(7), Error, "Not enough");
 * ```
 *
 * That is all of a real call but the network: the JSON of both sides, the arguments, the limits, the errors. Behind it is
 * the method `fetch` of the service, which runs neither
 * `onServiceStart` nor periodic tasks, connects no event transport, and needs no `stop()` unless a method opens
 * something.
 *
 * ## What goes over HTTP
 *
 * For status, headers and cookies, and for extra handlers and static files, send the request itself:
 *
 * ```ts
 * import { exposedMethod, MicroService, type RequestContext } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * class Visits extends MicroService {
 *   override name = "visits";
 *   @exposedMethod({ requiresHandlerReference: true })
 *   count(context: RequestContext): number {
 *     const visits = Number(context.cookies.get("visits") ?? 0) + 1;
 *     context.setCookie("visits", String(visits));
 *     return visits;
 *   }
 * }
 *
 * const response = await new Visits().fetch(
 *   new Request("http://visits.test/api", {
 *     method: "POST",
 *     headers: { "content-type": "application/json", "cookie": "visits=6" },
 *     body: JSON.stringify({ jsonrpc: "2.0", method: "count", id: 1 }),
 *   }),
 * );
 * assertEquals((await response.json()).result, 7);
 * assertEquals(response.headers.get("set-cookie")?.startsWith("visits=7"), true);
 * ```
 *
 * ## With a socket
 *
 * Where `start()` matters, take port 0, which is any free one, and `args: []`, or else the service reads the command
 * line of the test runner. `await using` stops it, also when the test fails. A service that looks for another one
 * finds it in a list:
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
 *     return sku === "a1" ? 250 : 0;
 *   }
 * }
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override port = 0;
 *   async total(skus: string[]): Promise<number> {
 *     const prices = await this.getService<Prices>("prices");
 *     const all = await Promise.all(skus.map((sku) => prices.methods.of(sku)));
 *     return all.reduce((sum, price) => sum + price, 0);
 *   }
 * }
 *
 * await using prices = new Prices();
 * await prices.start({ args: [] });
 * await using shop = new Shop();
 * shop.discoveryStrategies = [new StaticDiscoveryStrategy({ prices: prices.url })];
 * await shop.start({ args: [] });
 * assertEquals(await shop.total(["a1", "a1"]), 500);
 * ```
 *
 * ## Events
 *
 * Give each service a {@linkcode MemoryEventTransport} of its own; those with the same {@linkcode MemoryEventBroker}
 * reach each other. `broker.idle()` resolves when no event waits, rests or is handled: then look at what has
 * happened, without any sleep. Short `retryDelaysMs` keep the test short; dead letters are there to be looked at.
 *
 * ```ts
 * import { eventHandler, MicroService, NonRetryableError } from "@gemstone/gemstone";
 * import { MemoryEventBroker, MemoryEventTransport } from "@gemstone/gemstone/testing";
 * import { assertEquals } from "@std/assert";
 *
 * class Stock extends MicroService {
 *   override name = "stock";
 *   override port = 0;
 *   left = 10;
 *
 *   @eventHandler("order_placed")
 *   take(order: { count: number }): void {
 *     if (order.count > this.left) throw new NonRetryableError(`Only ${this.left} are left`);
 *     this.left -= order.count;
 *   }
 * }
 *
 * const broker = new MemoryEventBroker();
 * await using stock = new Stock();
 * stock.eventTransports = [new MemoryEventTransport({ broker, retryDelaysMs: [1] })];
 * await stock.start({ args: [] });
 *
 * await stock.emitEvent("order_placed", { count: 4 }, { broadcast: false });
 * await stock.emitEvent("order_placed", { count: 7 }, { broadcast: false });
 * await broker.idle();
 *
 * assertEquals(stock.left, 6);
 * const [letter] = await broker.deadLetters("stock").list({ limit: 1 });
 * assertEquals(letter?.errorMessage, "Only 6 are left");
 * ```
 *
 * Annotate the field of a service, `eventTransports: EventTransport[] = [new RabbitMqEventTransport(…)]`, or TypeScript
 * takes it for a list of that one transport, and a test can not put another one in; so for `discoveryStrategies`.
 *
 * A handler is a method: what it does with one event needs no transport at all, `stock.take({ count: 4 })`.
 *
 * ## Time
 *
 * A {@linkcode ManualClock} stands still until a test moves it on:
 *
 * - `ServiceRegistry`, `MemoryRegistryStore`, `ServiceDiscovery` and `Executor` take it as `clock`;
 *   `ServiceDiscoveryCache` and `createLogger` take a function `now`, which its `elapsed` or `now` may be.
 * - Periodic tasks are methods: call them. When they run is the part of the library.
 * - Time limits, pauses between retries and lifetimes are settings (`timeoutMs`, `retryDelaysMs`, `lifetimeMs`): make
 *   them some milliseconds.
 *
 * ```ts
 * import { ServiceRegistry } from "@gemstone/gemstone/registry";
 * import { createTestClient, ManualClock } from "@gemstone/gemstone/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const clock = new ManualClock();
 * const { methods } = createTestClient(new ServiceRegistry({ clock }));
 *
 * await methods.ping("workers.1", "http://10.0.0.1:8000/api");
 * assertEquals(await methods.locate_service("workers.*"), ["http://10.0.0.1:8000/api"]);
 * await clock.advance(60_001); // longer than it is known without another ping
 * assertEquals(await methods.locate_service("workers.*"), []);
 * ```
 *
 * ## Logs
 *
 * A service logs to standard error. To keep a test quiet, or to look at the log, return another `Logger` from
 * `getLogger()`:
 *
 * ```ts
 * import { createLogger, exposedMethod, type Logger, MicroService } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   readonly lines: string[] = [];
 *   @exposedMethod()
 *   fail(): void {
 *     throw new Error("no such table");
 *   }
 *   override getLogger(): Logger {
 *     return createLogger(this.name, { level: "warn", write: (line) => this.lines.push(line) });
 *   }
 * }
 *
 * const shop = new Shop();
 * await shop.fetch(
 *   new Request("http://shop.test/api", {
 *     method: "POST",
 *     headers: { "content-type": "application/json" },
 *     body: '{"jsonrpc":"2.0","method":"fail","id":1}',
 *   }),
 * );
 * assertEquals(shop.lines.length, 1);
 * assertEquals(shop.lines[0]?.includes("no such table"), true);
 * ```
 *
 * ## Vitest
 *
 * `Deno.test` and `node:test` (`node --import tsx --test`) need nothing more. Vitest 4 does not translate decorators,
 * and says `SyntaxError: Invalid or unexpected token`; with `npm install -D esbuild` this `vitest.config.ts` does:
 *
 * ```js ignore
 * import { transform } from "esbuild";
 * import { defineConfig } from "vitest/config";
 *
 * const decorators = {
 *   name: "decorators",
 *   enforce: "pre",
 *   transform: (code, id) =>
 *     id.endsWith(".ts") && code.includes("@")
 *       ? transform(code, { loader: "ts", target: "es2022", sourcemap: "inline", sourcefile: id })
 *       : undefined,
 * };
 * export default defineConfig({ plugins: [decorators] });
 * ```
 *
 * ## A transport of your own
 *
 * {@linkcode createEventTransportContract} makes the cases that the transports of this package pass: emitting,
 * delivery, order and concurrency, retries, dead letters, stopping, misuse. Each is a function that rejects when the
 * transport is wrong, so any runner can run it. What the transport says it can not do (`capabilities`) is skipped,
 * with the reason.
 *
 * Related: `@gemstone/gemstone/events` for what transports promise, `@gemstone/gemstone/rpc` to test methods without a
 * service, `@gemstone/gemstone/config` to test a configuration.
 *
 * @module
 */

// Services without a socket and without a broker.
export { createTestClient } from "./test_client.ts";
export type { TestedService } from "./test_client.ts";
export { ManualClock } from "./manual_clock.ts";
export type { Clock } from "../clock.ts";
export { MemoryEventBroker } from "../events/memory/memory_event_broker.ts";
export { MemoryEventTransport } from "../events/memory/memory_event_transport.ts";
export type { MemoryEventTransportOptions } from "../events/memory/memory_options.ts";

// Transports.
export type { ContractCase } from "./contract_case.ts";
export type { ContractNames, EventTransportContractOptions } from "./contract_options.ts";
export { createEventTransportContract } from "./event_transport_contract.ts";
