import { assert, assertEquals, assertRejects } from "@std/assert";
import { type DiscoveryStrategy, exposedMethod } from "@gemstone/gemstone";
import { createQuiet, ListStrategy, Quiet } from "../support/discovered_service.ts";
import { createGate } from "../support/service.ts";
import { waitUntil, within } from "../support/wait_until.ts";

Deno.test("a service announces itself when it listens, and withdraws and closes when it stops", async () => {
  const list = new ListStrategy();
  const service = createQuiet(list);

  await service.start();
  const { url } = service;
  assertEquals(list.log, [`ping quiet ${url}`]);
  assert(!url.includes(":0/"));
  await service.stop();

  assertEquals(list.log, [`ping quiet ${url}`, `withdraw quiet ${url}`, "close"]);
});

Deno.test("a service announces accessibleAt, when it is set", async () => {
  const list = new ListStrategy();
  await using service = createQuiet(list);
  service.accessibleAt = "https://shop.example/api";

  await service.start();

  assertEquals(list.log, ["ping quiet https://shop.example/api"]);
});

Deno.test("a service announces what it was configured to, not what its class says", async () => {
  const list = new ListStrategy();
  await using service = createQuiet(list);
  service.skipConfiguration = false;

  await service.start({ args: ["--endpoint", "/v2", "--port", "0"] });

  assertEquals(list.log, [`ping quiet ${service.url}`]);
  assert(service.url.endsWith("/v2"));
});

Deno.test("a service on all addresses warns that others can not reach what it announces", async () => {
  await using service = createQuiet(new ListStrategy());
  service.host = "0.0.0.0";

  await service.start();

  assert(
    service.memory.records.some(({ level, message }) =>
      level === "warn" && message.includes('"accessibleAt"')
    ),
  );
});

Deno.test("plugins have started before a service is announced, and tasks begin after", async () => {
  const list = new ListStrategy();
  await using service = createQuiet(list);
  const ran = createGate();
  service.periodicTasks = [[
    () => {
      list.log.push("task");
      ran.open();
    },
    3_600_000,
    { runAtStart: true },
  ]];
  service.onServiceStart = () => void list.log.push("hook");

  await service.start();
  await ran.promise;

  assertEquals(list.log, ["hook", `ping quiet ${service.url}`, "task"]);
});

Deno.test("a strategy that fails does not keep a service from starting or stopping, nor another strategy from hearing", async () => {
  const list = new ListStrategy();
  const refuse = () => Promise.reject(new Error("registry down"));
  const bad: DiscoveryStrategy = { ping: refuse, locate: refuse, withdraw: refuse, close: refuse };
  const service = createQuiet(bad, list);

  await service.start();
  await service.stop();

  assertEquals(list.log.length, 3);
  assert(service.memory.records.some(({ level }) => level === "warn"));
});

Deno.test("stop() ends a start that waits for a strategy that hangs", async () => {
  const pinged = createGate();
  const hang = () => {
    pinged.open();
    return new Promise<never>(() => {});
  };
  const service = createQuiet({ ping: hang, locate: hang, withdraw: hang });
  let runs = 0;
  service.periodicTasks = [[() => runs++, 1, { runAtStart: true }]];
  const started = service.start();
  await pinged.promise;

  await within(4_000, "the stop", service.stop());
  await started;

  assertEquals(runs, 0);
});

Deno.test("a service pings again at its interval", async () => {
  const list = new ListStrategy();
  await using service = createQuiet(list);
  service.serviceRegistryPingIntervalMs = 20;

  await service.start();

  await waitUntil("a third ping", () => list.log.length >= 3);
});

Deno.test("a service that is started again is announced again", async () => {
  const list = new ListStrategy();
  const service = createQuiet(list);
  for (let turn = 0; turn < 2; turn++) {
    await service.start();
    await service.stop();
  }

  assertEquals(list.log.map((line) => line.split(" ")[0]), [
    "ping",
    "withdraw",
    "close",
    "ping",
    "withdraw",
    "close",
  ]);
});

Deno.test("a start that fails withdraws nothing and closes the strategies", async () => {
  const list = new ListStrategy();
  const service = createQuiet(list);
  service.onServiceStart = () => Promise.reject(new Error("no database"));

  await assertRejects(() => service.start(), Error, "no database");

  assertEquals(list.log, ["close"]);
});

Deno.test("serviceRegistryUrls announce to each registry, behind the strategies", async () => {
  class Registry extends Quiet {
    readonly pings: unknown[] = [];
    @exposedMethod({ name: "ping", params: ["name", "url"] })
    take(name: string, url: string): void {
      this.pings.push([name, url]);
    }
    override ping(): string {
      return "";
    }
    @exposedMethod()
    locate_service(name: string): string[] {
      return this.pings.flatMap((entry) => (entry as string[])[0] === name ? [(entry as string[])[1]!] : []);
    }
  }
  await using first = new Registry();
  await using second = new Registry();
  await Promise.all([first.start(), second.start()]);
  await using called = createQuiet();
  called.serviceRegistryUrls = [first.url, second.url];
  await called.start();
  await using caller = createQuiet();
  caller.serviceRegistryUrls = [second.url];

  const remote = await caller.getService<Quiet>("quiet");

  assertEquals([first.pings, second.pings], [[["quiet", called.url]], [["quiet", called.url]]]);
  assertEquals(await remote.methods.ping(), "pong");
});
