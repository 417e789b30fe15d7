import { assert, assertEquals, assertThrows } from "@std/assert";
import { BasePlugin, exposedMethod, MicroService } from "@gemstone/gemstone";
import { MemoryEventTransport } from "@gemstone/gemstone/events";
import { RecordingPlugin } from "../support/recording_plugin.ts";
import { call, createGate, createMemoryLogger, notify, send } from "../support/service.ts";

class Host extends MicroService {
  override name = "host";
  override port = 0;
  override skipConfiguration = true;
  override getLogger = createMemoryLogger;
  readonly log: string[] = [];

  @exposedMethod()
  echo(value: unknown): unknown {
    return value;
  }
  @exposedMethod()
  fail(): void {
    throw new Error("broken");
  }
  @exposedMethod({ private: true })
  secret(): void {}

  override onServiceStart(): void {
    this.log.push("service start");
  }
  override onServiceStop(): void {
    this.log.push("service stop");
  }
}

function createHost(...names: string[]): Host {
  const host = new Host();
  host.plugins = names.map((name) => new RecordingPlugin(name, host.log));
  return host;
}

Deno.test("plugins start in order behind the service, and stop in reverse order before it", async () => {
  const host = createHost("a", "b");

  await host.start();
  await host.stop();

  assertEquals(host.log, ["service start", "a start", "b start", "b stop", "a stop", "service stop"]);
});

Deno.test("onServiceStart of a plugin runs when the service listens", async () => {
  await using host = createHost();
  let answer: unknown;
  host.plugins = [
    new class extends BasePlugin {
      override name = "caller";
      override async onServiceStart(): Promise<void> {
        const body = JSON.stringify({ jsonrpc: "2.0", method: "echo", params: ["hi"], id: 1 });
        const headers = { "content-type": "application/json" };
        const response = await fetch(this.microservice.url, { method: "POST", headers, body });
        answer = (await response.json()).result;
      }
    }(),
  ];

  await host.start();

  assertEquals(answer, "hi");
});

Deno.test("onServiceStop of a plugin runs when the events have stopped", async () => {
  const host = createHost();
  const transport = new MemoryEventTransport();
  host.eventTransports = [transport];
  let state: unknown;
  const plugin = new RecordingPlugin();
  plugin.onServiceStop = () => void (state = transport.health().state);
  host.plugins = [plugin];
  await host.start();
  const before = transport.health().state;

  await host.stop();

  assertEquals([before, state], ["up", "down"]);
});

Deno.test("onMethodCall is told of calls, notifications and elements of a batch, in the order of the list", async () => {
  const host = createHost("a", "b");

  await call(host, "echo", [1]);
  await notify(host, "echo", [2]);
  await send(host, [
    { jsonrpc: "2.0", method: "echo", params: [3], id: "x" },
    { jsonrpc: "2.0", method: "echo", params: [4] },
    { jsonrpc: "2.0", method: "missing", id: 5 },
    { method: "echo" },
  ]);

  const [first] = host.plugins as RecordingPlugin[];
  assertEquals(first?.calls.map(({ params, id }) => [params, id]), [
    [[1], 1],
    [[2], undefined],
    [[3], "x"],
    [[4], undefined],
  ]);
  assertEquals(host.log.slice(0, 2), ["a call echo", "b call echo"]);
});

for (
  const [what, request] of [
    ["is denied", { method: "secret", id: 1 }],
    ["does not fit its parameters", { method: "echo", params: { nonsense: 1 }, id: 1 }],
    ["has id null", { method: "echo", params: [1], id: null }],
    ["has id 0", { method: "echo", params: [1], id: 0 }],
  ] as const
) {
  Deno.test(`onMethodCall is told of a call that ${what}`, async () => {
    const host = createHost("a");

    await send(host, { jsonrpc: "2.0", ...request });

    const [plugin] = host.plugins as RecordingPlugin[];
    assertEquals(plugin?.calls.map(({ method, id }) => [method, id]), [[request.method, request.id]]);
  });
}

Deno.test("onMethodCall gets the members that JSON-RPC does not name, and those only", async () => {
  const host = createHost("a");
  const body =
    '{"jsonrpc":"2.0","method":"echo","params":[1],"id":1,"trace":{"a":[1]},"__proto__":{"evil":1}}';
  await host.fetch(
    new Request("http://localhost/api", {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    }),
  );

  const [plugin] = host.plugins as RecordingPlugin[];
  const extra = plugin?.calls[0]?.extra;
  assertEquals(JSON.stringify(extra), '{"trace":{"a":[1]},"__proto__":{"evil":1}}');
  assertEquals((extra as { evil?: unknown } | undefined)?.evil, undefined);
});

Deno.test("a plugin that changes what it is told changes nothing for the method", async () => {
  const host = createHost("a");
  const [plugin] = host.plugins as RecordingPlugin[];
  const failures: unknown[] = [];
  plugin!.onMethodCall = (seen) => {
    const list = seen.params as unknown as { deep: number[] }[];
    for (const change of [() => list[0]!.deep.push(9), () => Object.assign(seen, { method: "fail" })]) {
      failures.push(assertThrows(change, TypeError).name);
    }
  };

  const { result } = await call(host, "echo", [{ deep: [1, 2] }]);

  assertEquals([result, failures], [{ deep: [1, 2] }, ["TypeError", "TypeError"]]);
});

Deno.test("a method that changes its arguments changes nothing of what a plugin was told", async () => {
  const host = createHost("a");
  host.expose("clear", (list: unknown[]) => void (list.length = 0));

  await call(host, "clear", [[1, 2]]);

  const [plugin] = host.plugins as RecordingPlugin[];
  assertEquals(plugin?.calls[0]?.params, [[1, 2]]);
});

Deno.test("onMethodCall is told of arguments however deep they are", async () => {
  const host = createHost("a");
  const depth = 200_000;
  const body = `{"jsonrpc":"2.0","method":"ping","params":[${"[".repeat(depth)}${"]".repeat(depth)}],"id":1}`;
  host.expose("ping", (_value: unknown) => "pong");
  const headers = { "content-type": "application/json" };

  const response = await host.fetch(new Request("http://localhost/api", { method: "POST", body, headers }));

  assertEquals((await response.json()).result, "pong");
  assertEquals((host.plugins as RecordingPlugin[])[0]?.calls.length, 1);
});

Deno.test("the call does not wait for onMethodCall", async () => {
  const host = createHost("a");
  const [plugin] = host.plugins as RecordingPlugin[];
  plugin!.onMethodCall = () => new Promise(() => {});

  assertEquals((await call(host, "echo", [1])).result, 1);
});

Deno.test("onInternalError is told of what a method throws, with its name", async () => {
  const host = createHost("a", "b");

  const { error } = await call(host, "fail");

  const [first] = host.plugins as RecordingPlugin[];
  assertEquals(error.code, -32603);
  assertEquals((first?.errors[0]?.error as Error).message, "broken");
  assertEquals(first?.errors[0]?.info, { source: "method", name: "fail" });
  assertEquals(host.log.slice(2), ["a error method fail", "b error method fail"]);
});

Deno.test("onInternalError is not told of calls that are denied or invalid", async () => {
  const host = createHost("a");

  await call(host, "secret");
  await call(host, "echo", { nonsense: 1 });
  await call(host, "missing");

  assertEquals((host.plugins as RecordingPlugin[])[0]?.errors, []);
});

Deno.test("a plugin is told of no call before its onServiceStart has ended", async () => {
  await using host = createHost("a");
  const [plugin] = host.plugins as RecordingPlugin[];
  const gate = createGate();
  const begun = createGate();
  plugin!.onServiceStart = () => {
    begun.open();
    return gate.promise;
  };
  const started = host.start();
  await begun.promise;

  await call(host, "echo", [1]);
  const before = plugin?.calls.length;
  gate.open();
  await started;
  await call(host, "echo", [2]);

  assertEquals([before, plugin?.calls.map(({ params }) => params)], [0, [[2]]]);
});

Deno.test("a plugin is told of no call while the plugins before it start", async () => {
  await using host = createHost("a", "b");
  const [first, second] = host.plugins as RecordingPlugin[];
  const gate = createGate();
  const begun = createGate();
  first!.onServiceStart = () => {
    begun.open();
    return gate.promise;
  };
  const started = host.start();
  await begun.promise;

  await call(host, "echo", [1]);
  gate.open();
  await started;

  assertEquals(second?.calls, []);
});

Deno.test("a plugin is told of no call when its onServiceStop has begun", async () => {
  const host = createHost("a");
  await host.start();
  await host.stop();

  await call(host, "echo", [1]);

  assertEquals((host.plugins as RecordingPlugin[])[0]?.calls, []);
});

Deno.test("plugins start again with the service", async () => {
  const host = createHost("a");
  await host.start();
  await host.stop();
  await host.start();
  await call(host, "echo", [1]);
  await host.stop();

  assertEquals(host.log.filter((line) => line.startsWith("a")), [
    "a start",
    "a stop",
    "a start",
    "a call echo",
    "a stop",
  ]);
});

Deno.test("a service without plugins observes no calls, and loses none", async () => {
  const host = createHost();

  assertEquals((await call(host, "echo", [1])).result, 1);
  assert(host.plugins.length === 0);
});
