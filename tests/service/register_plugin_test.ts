import { assertEquals, assertRejects } from "@std/assert";
import { type BasePlugin, MicroService, PluginError } from "@gemstone/gemstone";
import { RecordingPlugin } from "../support/recording_plugin.ts";
import { call, createGate, createMemoryLogger } from "../support/service.ts";

class Host extends MicroService {
  override name = "host";
  override port = 0;
  override skipConfiguration = true;
  override getLogger = createMemoryLogger;

  constructor() {
    super();
    this.expose("ping", () => "pong");
  }
}

Deno.test("registerPlugin() before the start adds to the list, and the plugin starts with the service", async () => {
  await using host = new Host();
  const log: string[] = [];
  host.plugins = [new RecordingPlugin("a", log)];

  await host.registerPlugin(new RecordingPlugin("b", log));
  assertEquals(log, []);
  await host.start();

  assertEquals(log, ["a start", "b start"]);
  assertEquals(host.plugins.map(({ name }) => name), ["a", "b"]);
});

for (const plugins of [[], [new RecordingPlugin("first")]]) {
  Deno.test(`registerPlugin() in a running service with ${plugins.length} plugins starts the plugin at once`, async () => {
    const host = new Host();
    host.plugins = plugins;
    await host.start();
    const late = new RecordingPlugin("late");
    const gate = createGate();
    const begun = createGate();
    late.onServiceStart = () => {
      begun.open();
      return gate.promise;
    };

    const registered = host.registerPlugin(late);
    await begun.promise;
    await call(host, "ping");
    const before = late.calls.length;
    gate.open();
    await registered;
    await call(host, "ping");
    await host.stop();

    assertEquals([before, late.calls.length, late.log], [0, 1, ["late call ping", "late stop"]]);
  });
}

Deno.test("registerPlugin() in a service that is used by fetch alone starts nothing, and the plugin sees calls", async () => {
  const host = new Host();
  await call(host, "ping");
  const late = new RecordingPlugin("late");

  await host.registerPlugin(late);
  await call(host, "ping");

  assertEquals(late.log, ["late call ping"]);
});

Deno.test("a plugin that is registered while another one starts waits for its turn", async () => {
  await using host = new Host();
  const log: string[] = [];
  const first = new RecordingPlugin("first", log);
  first.onServiceStart = async () => {
    await host.registerPlugin(new RecordingPlugin("third", log));
    log.push("first start");
  };
  host.plugins = [first, new RecordingPlugin("second", log)];

  await host.start();

  assertEquals(log, ["first start", "second start", "third start"]);
});

Deno.test("a plugin that is registered while the service prepares is used", async () => {
  const host = new Host();
  const late = new RecordingPlugin("late");

  await Promise.all([call(host, "ping"), host.registerPlugin(late)]);
  await call(host, "ping");

  assertEquals(late.calls.length >= 1, true);
  assertEquals(late.microservice, host);
});

Deno.test("a plugin that is registered by onServiceStart is told of calls from its own start on", async () => {
  await using host = new Host();
  const late = new RecordingPlugin("late");
  host.onServiceStart = async () => {
    await host.registerPlugin(late);
    await call(host, "ping");
  };

  await host.start();
  await call(host, "ping");

  assertEquals(late.log, ["late start", "late call ping"]);
});

Deno.test("a plugin that is registered at the end of the preparation is used", async () => {
  const late = new RecordingPlugin("late");
  let registered: Promise<void> | undefined;
  class Eager extends Host {
    // Loads one more module, so that the preparation ends later than the registration begins.
    override useAccessLog = true;
    override setMicroservice(): void {
      super.setMicroservice(this);
      registered ??= this.registerPlugin(late);
    }
  }
  const host = new Eager();

  await call(host, "ping");
  await registered;
  const before = late.calls.length;
  await call(host, "ping");

  assertEquals(late.calls.length - before, 1);
});

Deno.test("plugins of one service are not those of another", async () => {
  const [first, second] = [new Host(), new Host()];

  await first.registerPlugin(new RecordingPlugin());

  assertEquals([first.plugins.length, second.plugins.length], [1, 0]);
});

for (
  const value of [undefined, null, 1, "plugin", {}, [], RecordingPlugin, Symbol("x"), Object.create(null)]
) {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value).slice(0, 20);
  Deno.test(`registerPlugin() refuses ${text} (${typeof value})`, async () => {
    const host = new Host();

    await assertRejects(
      () => host.registerPlugin(value as BasePlugin),
      TypeError,
      "derives from BasePlugin",
    );
    assertEquals(host.plugins, []);
  });
}

Deno.test("registerPlugin() refuses a name that is taken, before and after the start", async () => {
  await using host = new Host();
  await host.registerPlugin(new RecordingPlugin("a"));
  await assertRejects(() => host.registerPlugin(new RecordingPlugin("a")), PluginError, '"a"');
  await host.start();

  await assertRejects(() => host.registerPlugin(new RecordingPlugin("a")), PluginError, '"a"');
  assertEquals(host.plugins.length, 1);
});

Deno.test("two registrations of one name at the same time leave one", async () => {
  await using host = new Host();
  await host.start();

  const results = await Promise.allSettled([1, 2].map(() => host.registerPlugin(new RecordingPlugin("a"))));

  assertEquals(results.map(({ status }) => status), ["fulfilled", "rejected"]);
  assertEquals(host.plugins.length, 1);
});
