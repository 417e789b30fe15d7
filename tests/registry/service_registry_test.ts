/** What a registry answers, over JSON-RPC and without a socket. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { REGISTRY_FULL, type RegistryStore, ServiceRegistry } from "@gemstone/gemstone/registry";
import { ManualClock } from "@gemstone/gemstone/testing";
import { call, notify, send } from "../support/service.ts";
import { sorted, TestRegistry } from "./fixture.ts";

const URL_1 = "http://127.0.0.1:8001/api";
const URL_2 = "https://worker.example:8002/api?zone=b";

Deno.test("ServiceRegistry answers a ping with true and then knows the service", async () => {
  const registry = new TestRegistry();

  const pinged = await call(registry, "ping", { name: "users", url: URL_1 });
  const located = await call(registry, "locate_service", { name: "users" });

  assertEquals([pinged.result, located.result], [true, [URL_1]]);
});

Deno.test("ServiceRegistry is called like any object in its own process", async () => {
  const registry = new TestRegistry();

  assertEquals(await registry.ping("users", URL_1), true);
  assertEquals(await registry.locate_service("us*"), [URL_1]);
  assertEquals(await registry.unregister("users", URL_1), true);
  assertEquals(await registry.locate_service("users"), []);
});

Deno.test("ServiceRegistry has the port of the original, a name, and a lifetime of a minute", () => {
  const { name, port, serviceLifetimeMs, maxServices, maxInstancesPerName } = new ServiceRegistry();

  assertEquals([name, port], ["service.registry", 8080]);
  assertEquals([serviceLifetimeMs, maxServices, maxInstancesPerName], [60_000, 100_000, 1000]);
});

Deno.test("ServiceRegistry.ping() takes name, host and port as clients before 0.4 send them", async () => {
  const registry = new TestRegistry();

  await call(registry, "ping", { name: "by.name", host: "worker.example", port: 8001 });
  await call(registry, "ping", ["by.position", "127.0.0.1", 8002]);
  await notify(registry, "ping", { name: "ipv6", host: "::1", port: 8003 });

  assertEquals(await registry.locate_service("by.name"), ["http://worker.example:8001/api"]);
  assertEquals(await registry.locate_service("by.position"), ["http://127.0.0.1:8002/api"]);
  assertEquals(await registry.locate_service("ipv6"), ["http://[::1]:8003/api"]);
});

Deno.test("ServiceRegistry.locate_service() gives each URL once, in random order", async () => {
  const numbers = [0.9, 0, 0.5];
  const registry = new TestRegistry({ random: () => numbers.shift() ?? 0 });
  const urls = [1, 2, 3, 4].map((index) => `http://127.0.0.1:${index}/api`);
  for (const url of urls) await registry.ping("workers.a", url);
  await registry.ping("workers.b", "http://127.0.0.1:1/api");

  const located = await registry.locate_service("workers.*");

  assertEquals(sorted(located), urls);
  // The last one stays, the third changes places with the first, the second with itself.
  assertEquals(located, [urls[2], urls[1], urls[0], urls[3]]);
});

const PATTERNS: readonly (readonly [pattern: string, names: readonly string[]])[] = [
  ["*", ["a.1", "a.2", "a.b.1", "B.1", "a[1]"]],
  ["a.*", ["a.1", "a.2", "a.b.1"]],
  ["a.?", ["a.1", "a.2"]],
  ["a.[12]", ["a.1", "a.2"]],
  ["a.[!1]", ["a.2"]],
  ["A.1", []],
  ["a[1]", ["a[1]"]],
  ["a[[]1]", ["a[1]"]],
  ["", []],
  ["a", []],
  ["__proto__", []],
];
for (const [pattern, names] of PATTERNS) {
  Deno.test(`ServiceRegistry.locate_service() finds what matches ${JSON.stringify(pattern)}`, async () => {
    const registry = new TestRegistry();
    for (const name of ["a.1", "a.2", "a.b.1", "B.1", "a[1]"]) {
      await registry.ping(name, `http://host/${encodeURIComponent(name)}`);
    }

    const located = await registry.locate_service(pattern);

    assertEquals(sorted(located), sorted(names.map((name) => `http://host/${encodeURIComponent(name)}`)));
  });
}

Deno.test("ServiceRegistry.unregister() forgets one instance and says whether it was known", async () => {
  const registry = new TestRegistry();
  await registry.ping("users", URL_1);
  await registry.ping("users", URL_2);

  const first = await call(registry, "unregister", { name: "users", url: URL_1 });
  const second = await call(registry, "unregister", ["users", URL_1]);

  assertEquals([first.result, second.result], [true, false]);
  assertEquals(await registry.locate_service("users"), [URL_2]);
});

Deno.test("ServiceRegistry.list_services() shows all in the order of names and URLs", async () => {
  const clock = new ManualClock();
  const registry = new TestRegistry({ clock });
  await registry.ping("users", URL_2);
  await registry.ping("users", URL_1);
  await clock.advance(1500);
  await registry.ping("orders", URL_1);

  const { result } = await call(registry, "list_services");
  const some = await call(registry, "list_services", { pattern: "o*" });

  assertEquals(result, [
    { name: "orders", url: URL_1, last_seen: "2026-01-01T00:00:01.500Z", expires_in_ms: 60_000 },
    { name: "users", url: URL_1, last_seen: "2026-01-01T00:00:00.000Z", expires_in_ms: 58_500 },
    { name: "users", url: URL_2, last_seen: "2026-01-01T00:00:00.000Z", expires_in_ms: 58_500 },
  ]);
  assertEquals(some.result, result.slice(0, 1));
});

Deno.test("ServiceRegistry knows a service for its lifetime, that moment included, and no longer", async () => {
  const clock = new ManualClock();
  const registry = new TestRegistry({ clock });
  registry.serviceLifetimeMs = 1000;
  await registry.ping("users", URL_1);
  await registry.ping("users", URL_2);

  await clock.advance(600);
  await registry.ping("users", URL_1);
  await clock.advance(400);
  assertEquals(sorted(await registry.locate_service("users")), [URL_1, URL_2]);
  await clock.advance(1);
  assertEquals(await registry.locate_service("users"), [URL_1]);
  assertEquals((await registry.list_services()).length, 1);
  assertEquals(await registry.unregister("users", URL_2), false);
  await clock.advance(600);
  assertEquals(await registry.locate_service("*"), []);
});

Deno.test("ServiceRegistry refuses what is over a limit and keeps what it has", async () => {
  const registry = new TestRegistry({ clock: new ManualClock() });
  registry.maxServices = 3;
  registry.maxInstancesPerName = 2;
  await registry.ping("a", "http://host/1");
  await registry.ping("a", "http://host/2");
  const before = await registry.list_services();

  const third = await call(registry, "ping", ["a", "http://host/3"]);
  assertEquals([third.error.code, third.error.message], [REGISTRY_FULL, "Registry full"]);
  assertEquals(third.error.data.reason, "It knows 2 instances of that name already, which is its limit");
  assertEquals(await registry.list_services(), before);

  await registry.ping("b", "http://host/3");
  const fourth = await call(registry, "ping", ["c", "http://host/4"]);
  assertEquals(fourth.error.data.reason, "It knows 3 instances already, which is its limit");
  assertEquals(await registry.ping("a", "http://host/1"), true);
  assertEquals((await registry.list_services()).map(({ url }) => url.at(-1)).join(""), "123");
});

Deno.test("ServiceRegistry gives the places of those that have expired to others", async () => {
  const clock = new ManualClock();
  const registry = new TestRegistry({ clock });
  registry.maxServices = 2;
  registry.maxInstancesPerName = 1;
  await registry.ping("a", "http://host/1");
  await registry.ping("b", "http://host/2");
  await clock.advance(60_001);

  assertEquals(await registry.ping("a", "http://host/3"), true);
  assertEquals(await registry.ping("c", "http://host/4"), true);
});

Deno.test("ServiceRegistry takes a ping as a notification and in a batch", async () => {
  const registry = new TestRegistry();

  const notified = await notify(registry, "ping", { name: "a", url: URL_1 });
  const answers = await send(registry, [
    { jsonrpc: "2.0", method: "ping", params: ["b", URL_2], id: 1 },
    { jsonrpc: "2.0", method: "ping", params: ["b"], id: 2 },
  ]) as { id: number; error?: { code: number } }[];

  assertEquals(notified.status, 204);
  assertEquals(answers.map(({ id, error }) => [id, error?.code]), [[1, undefined], [2, -32602]]);
  assertEquals(sorted(await registry.locate_service("*")), sorted([URL_1, URL_2]));
});

Deno.test("ServiceRegistry refuses options that it can not work with", () => {
  const store = { register() {}, locate() {}, list() {} } as unknown as RegistryStore;

  assertThrows(() => new ServiceRegistry({ store }), TypeError, 'has no method "unregister"');
  assertThrows(() => new ServiceRegistry({ store: null as never }), TypeError, "store of a registry");
  assertThrows(() => new ServiceRegistry({ clock: Date as never }), TypeError, 'has no method "now"');
  assertThrows(() => new ServiceRegistry({ random: 4 as never }), TypeError, "give a function");
});

Deno.test("ServiceRegistry says of itself what it offers", async () => {
  const registry = new TestRegistry();
  registry.useIntrospection = true;

  const { result } = await call(registry, "get_service_specs");

  const own = ["list_services", "locate_service", "ping", "unregister"];
  assert(own.every((name) => typeof result.methods[name] === "string"));
});
