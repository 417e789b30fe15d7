import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ListenError, MicroService, ServiceConfigurationError } from "@gemstone/gemstone";
import type { Configurator } from "@gemstone/gemstone/config";
import { exchange, toPost } from "../support/raw_connection.ts";
import { call, createGate, createMemoryLogger } from "../support/service.ts";

const PING = toPost('{"jsonrpc":"2.0","method":"ping","id":1}');

class Logged extends MicroService {
  override name = "logged";
  override port = 0;
  override skipConfiguration = true;
  override shutdownTimeoutMs = 1_000;
  readonly events: string[] = [];
  readonly memory = createMemoryLogger();

  constructor() {
    super();
    this.expose("ping", () => "pong");
  }
  override getLogger(): typeof this.memory {
    return this.memory;
  }
  override onServiceStart(): void | Promise<void> {
    this.events.push("start");
  }
  override onServiceStop(): void | Promise<void> {
    this.events.push("stop");
  }
}

function portOf(service: MicroService): number {
  return Number(new URL(service.url).port);
}

async function isReachable(port: number): Promise<boolean> {
  return (await exchange(port, PING).catch(() => undefined)) !== undefined;
}

Deno.test("start() listens and reports where", async () => {
  await using service = new Logged();
  await service.start();

  const answer = await exchange(portOf(service), PING);

  assertEquals(answer?.body, '{"jsonrpc":"2.0","result":"pong","id":1}');
  assertEquals(service.memory.records.map(({ level, message }) => [level, message]), [
    ["info", `Listening on ${service.url}`],
  ]);
});

Deno.test("start() twice is one start", async () => {
  await using service = new Logged();

  await Promise.all([service.start(), service.start()]);
  await service.start();

  assertEquals(service.events, ["start"]);
});

Deno.test("stop() twice is one stop", async () => {
  const service = new Logged();
  await service.start();

  await Promise.all([service.stop(), service.stop()]);
  await service.stop();

  assertEquals(service.events, ["start", "stop"]);
});

Deno.test("stop() before start() does nothing, and a start is possible after it", async () => {
  await using service = new Logged();
  await service.stop();
  assertEquals(service.events, []);

  await service.start();

  assert(await isReachable(portOf(service)));
});

Deno.test("start() after stop() listens again", async () => {
  await using service = new Logged();
  await service.start();
  const firstPort = portOf(service);
  await service.stop();
  assertEquals(await isReachable(firstPort), false);

  await service.start();

  assert(await isReachable(portOf(service)));
  assertEquals(service.events, ["start", "stop", "start"]);
});

Deno.test("start() while stop() is under way listens when it resolves", async () => {
  await using service = new Logged();
  await service.start();

  const stopped = service.stop();
  await service.start();
  await stopped;

  assertEquals(await isReachable(portOf(service) || 1), true);
});

Deno.test("stop() while start() is under way stops what has started", async () => {
  const service = new Logged();

  const started = service.start();
  await service.stop();
  await started;

  assertEquals(service.events, ["start", "stop"]);
});

Deno.test("the signal option stops the service", async () => {
  const service = new Logged();
  const controller = new AbortController();
  const stopped = createGate();
  service.onServiceStop = stopped.open;
  await service.start({ signal: controller.signal });
  const port = portOf(service);

  controller.abort();
  await stopped.promise;
  await service.stop();

  assertEquals(await isReachable(port), false);
});

Deno.test("start() with an aborted signal rejects with its reason and starts nothing", async () => {
  const service = new Logged();
  const reason = new Error("too late");

  const error = await assertRejects(() => service.start({ signal: AbortSignal.abort(reason) }));

  assertStrictEquals(error, reason);
  assertEquals(service.events, []);
});

Deno.test("a signal that aborts during the start stops the service", async () => {
  const service = new Logged();
  const controller = new AbortController();
  const stopped = createGate();
  service.onServiceStart = () => controller.abort();
  service.onServiceStop = stopped.open;

  await service.start({ signal: controller.signal }).catch(() => {});
  await stopped.promise;
  await service.stop();
});

Deno.test("an onServiceStart that throws keeps the service from starting, and onServiceStop runs", async () => {
  const service = new Logged();
  service.onServiceStart = () => Promise.reject(new Error("no database"));

  await assertRejects(() => service.start(), Error, "no database");

  assertEquals(service.events, ["stop"]);
});

Deno.test("an onServiceStop that throws is logged and does not fail the stop", async () => {
  const service = new Logged();
  service.onServiceStop = () => Promise.reject(new Error("x"));
  await service.start();

  await service.stop();

  assertEquals(service.memory.records.filter(({ level }) => level === "error").length, 1);
});

Deno.test("onServiceStop runs when the address can not be listened on, after onServiceStart has begun", async () => {
  await using first = new Logged();
  await first.start();
  const second = new Logged();
  second.port = portOf(first);

  const error = await assertRejects(() => second.start(), ListenError, "the port is in use");

  assertEquals(error.code, "ERR_LISTEN");
  assert(error.cause instanceof Error);
  assertEquals(second.events, ["start", "stop"]);
});

Deno.test("a start that failed can be tried again", async () => {
  await using first = new Logged();
  await first.start();
  await using second = new Logged();
  second.port = portOf(first);
  await assertRejects(() => second.start(), ListenError);
  await first.stop();

  await second.start();

  assert(await isReachable(portOf(second)));
});

for (
  const [host, text] of [["nowhere.invalid", "does not resolve"], [
    "192.0.2.1",
    "is no address of this machine",
  ], ["300.1.1.1", "does not resolve"]]
) {
  Deno.test(`start() on the host ${host} says that it ${text}`, async () => {
    const service = new Logged();
    service.host = host!;

    await assertRejects(() => service.start(), ListenError, text);
  });
}

Deno.test("a start that failed because of its configuration is configured again by the next", async () => {
  await using service = new Logged();
  service.skipConfiguration = false;
  let loads = 0;
  const failing = {
    load: () => {
      loads++;
      throw new ServiceConfigurationError("Cannot load");
    },
    get: () => undefined,
    registerConfigurable: () => {},
  };
  service.configurators = [failing as unknown as Configurator];

  await assertRejects(() => service.start());
  await assertRejects(() => service.start());

  assertEquals(loads, 2);
});

Deno.test("await using stops the service", async () => {
  const events: string[] = [];
  {
    await using service = new Logged();
    service.onServiceStop = () => void events.push("stop");
    await service.start();
  }

  assertEquals(events, ["stop"]);
});

Deno.test("several services run in one process and stop alone", async () => {
  await using first = new Logged();
  await using second = new Logged();
  await Promise.all([first.start(), second.start()]);
  const port = portOf(first);

  await first.stop();

  assertEquals([await isReachable(port), await isReachable(portOf(second))], [false, true]);
});

Deno.test("fetch works before start, while it runs, after stop, and detached", async () => {
  const service = new Logged();
  const { fetch } = service;
  const results: unknown[] = [(await call({ fetch }, "ping")).result];
  await service.start();
  results.push((await call({ fetch }, "ping")).result);
  await service.stop();
  results.push((await call({ fetch }, "ping")).result);

  assertEquals(results, ["pong", "pong", "pong"]);
  assert(Object.hasOwn(service, "fetch"));
});

Deno.test("url says where the service listens", async () => {
  await using service = new Logged();
  service.endpoint = "/rpc";
  const before = service.url;
  await service.start();

  assertEquals(before, "http://127.0.0.1:0/rpc");
  assert(/^http:\/\/127\.0\.0\.1:[1-9]\d*\/rpc$/.test(service.url), service.url);
  service.host = "::1";
  assert(service.url.startsWith("http://[::1]:"));
});

Deno.test("an onServiceStop that never ends does not hold up stop()", async () => {
  const service = new Logged();
  service.shutdownTimeoutMs = 20;
  await service.start();
  service.onServiceStop = () => new Promise(() => {});

  await service.stop();

  assertEquals(await isReachable(portOf(service) || 1), false);
});
