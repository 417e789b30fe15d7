import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  BasePlugin,
  GemstoneError,
  type JsonValue,
  MissingPluginNameError,
  PluginError,
  ServiceConfigurationError,
} from "@gemstone/gemstone";
import { PluginHost } from "../../src/service/plugin_host.ts";
import { Quiet } from "../support/quiet_service.ts";
import { RecordingPlugin } from "../support/recording_plugin.ts";
import { call, createGate, createMemoryLogger, send } from "../support/service.ts";
import { within } from "../support/wait_until.ts";

class Host extends Quiet {
  constructor() {
    super();
    this.expose("fail", () => {
      throw new Error("broken");
    });
  }
  get complaints(): string[] {
    return this.memory.records.filter(({ level }) => level !== "info").map(({ message }) => message);
  }
}

const HOOKS = ["onServiceStart", "onServiceStop", "onMethodCall", "onInternalError"] as const;
const FAULTS: Record<string, () => unknown> = {
  throws: () => {
    throw new Error("hook");
  },
  "throws undefined": () => {
    throw undefined;
  },
  rejects: () => Promise.reject(new Error("hook")),
  "returns a thenable that throws": () => ({
    then: () => {
      throw new Error("hook");
    },
  }),
  "returns a hostile getter": () => ({
    get then(): never {
      throw new Error("hook");
    },
  }),
};

for (const hook of HOOKS) {
  for (const [fault, run] of Object.entries(FAULTS)) {
    Deno.test(`a plugin whose ${hook} ${fault} is logged and harms nothing`, async () => {
      const host = new Host();
      const bad = new RecordingPlugin("bad");
      bad[hook] = run as () => void;
      const good = new RecordingPlugin("good");
      host.plugins = [bad, good];

      await host.start();
      const replies = await send(host, [
        { jsonrpc: "2.0", method: "ping", id: 1 },
        { jsonrpc: "2.0", method: "fail", id: 2 },
      ]);
      await host.stop();

      assertEquals(replies, [
        { jsonrpc: "2.0", result: "pong", id: 1 },
        { jsonrpc: "2.0", error: { code: -32603, message: "Internal error" }, id: 2 },
      ]);
      assertEquals(good.log, [
        "good start",
        "good call ping",
        "good call fail",
        "good error method fail",
        "good stop",
      ]);
      assert(host.complaints.includes(`Plugin "bad" failed in ${hook}`), host.complaints.join("; "));
    });
  }
}

Deno.test("a plugin that could not start is told of no call, and is stopped", async () => {
  const host = new Host();
  const plugin = new RecordingPlugin();
  plugin.onServiceStart = () => Promise.reject(new Error("no database"));
  host.plugins = [plugin];

  await host.start();
  await call(host, "ping");
  await host.stop();

  assertEquals(plugin.log, ["recorder stop"]);
});

Deno.test("a logger that throws does not cost the plugins or the call anything", async () => {
  const host = new Host();
  const [bad, good] = [new RecordingPlugin("bad"), new RecordingPlugin("good")];
  bad.onMethodCall = () => Promise.reject(new Error("hook"));
  host.plugins = [bad, good];
  host.memory.error = () => {
    throw new Error("log");
  };

  await call(host, "fail");

  assertEquals(good.log, ["good call fail", "good error method fail"]);
});

Deno.test("an onServiceStart that hangs holds up the next plugin for a while only", async () => {
  const logger = createMemoryLogger();
  const host = new PluginHost(logger, 20);
  const [bad, good] = [new RecordingPlugin("bad"), new RecordingPlugin("good")];
  const gate = createGate();
  bad.onServiceStart = () => gate.promise;
  for (const plugin of [bad, good]) host.add(plugin);
  host.awaitStart();

  await within(10_000, "the start", host.start());
  host.tellCall({ jsonrpc: "2.0", method: "x" });
  const early = [...bad.log];
  gate.open();
  await gate.promise;
  await new Promise((resolve) => setTimeout(resolve, 0));
  host.tellCall({ jsonrpc: "2.0", method: "y" });

  assertEquals(good.log, ["good start", "good call x", "good call y"]);
  assertEquals([early, bad.log], [[], ["bad call y"]]);
  assertEquals(logger.records.map(({ message }) => message), [
    'Plugin "bad" has not ended onServiceStart within 20 ms',
  ]);
});

Deno.test("stop() does not wait for an onServiceStart that hangs", async () => {
  const host = new Host();
  const plugin = new RecordingPlugin();
  const begun = createGate();
  plugin.onServiceStart = () => {
    begun.open();
    return new Promise(() => {});
  };
  const never = new RecordingPlugin("never");
  host.plugins = [plugin, never];
  const started = host.start();
  await begun.promise;

  await within(5_000, "the stop", host.stop());
  await started;

  assertEquals([plugin.log, never.log], [["recorder stop"], []]);
});

Deno.test("an onServiceStop that hangs does not hold up stop(), and the others stop", async () => {
  const host = new Host();
  host.shutdownTimeoutMs = 50;
  const [first, second] = [new RecordingPlugin("first"), new RecordingPlugin("second")];
  second.onServiceStop = () => new Promise(() => {});
  host.plugins = [first, second];
  await host.start();

  await within(10_000, "the stop", host.stop());

  assertEquals(first.log, ["first start", "first stop"]);
  assertEquals(host.complaints.length, 1);
  assert(host.complaints[0]?.startsWith('Plugin "second" has not ended onServiceStop within'));
});

class Nameless extends BasePlugin {
  override name: string;
  constructor(name: unknown) {
    super();
    this.name = name as string;
  }
}

for (
  const [what, plugins, ErrorClass, text] of [
    ["no name", [new Nameless(undefined)], MissingPluginNameError, "Nameless"],
    ["the name null", [new Nameless(null)], MissingPluginNameError, "Nameless"],
    ["an empty name", [new Nameless("")], MissingPluginNameError, "override name"],
    ["a blank name", [new Nameless(" \n")], MissingPluginNameError, "override name"],
    ["a name that is no text", [new Nameless(7)], PluginError, "number"],
    ["the name of another", [new RecordingPlugin("a"), new Nameless("a")], PluginError, '"a"'],
    ["a class in place of an instance", [RecordingPlugin], ServiceConfigurationError, "RecordingPlugin"],
    ["an object that is no plugin", [{ name: "x" }], ServiceConfigurationError, "BasePlugin"],
    ["undefined in the list", [undefined], ServiceConfigurationError, "undefined"],
    ["a text", ["audit"], ServiceConfigurationError, '"audit"'],
    ["no list", { length: 1 }, ServiceConfigurationError, "plugins"],
    ["null for a list", null, ServiceConfigurationError, "plugins"],
  ] as const
) {
  Deno.test(`a service with a plugin with ${what} says so when it prepares`, async () => {
    const host = new Host();
    Object.assign(host, { plugins });

    const error = await assertRejects(() => call(host, "ping"), ErrorClass, text);
    await assertRejects(() => host.start(), ErrorClass, text);

    assert(error instanceof GemstoneError);
  });
}

Deno.test("a plugin that is listed twice is refused", async () => {
  const host = new Host();
  const plugin = new RecordingPlugin();
  host.plugins = [plugin, plugin];

  await assertRejects(() => call(host, "ping"), PluginError, "twice");
});

Deno.test("a plugin can not be in two services", async () => {
  const [first, second] = [new Host(), new Host()];
  const plugin = new RecordingPlugin();
  first.plugins = [plugin];
  second.plugins = [plugin];
  await call(first, "ping");

  await assertRejects(() => call(second, "ping"), PluginError, "two services");
  await assertRejects(() => new Host().registerPlugin(plugin), PluginError, "two services");
});

Deno.test("a list of plugins may be mended after it was refused", async () => {
  const host = new Host();
  host.plugins = [new Nameless("")];
  await assertRejects(() => call(host, "ping"), MissingPluginNameError);

  host.plugins = [new RecordingPlugin()];

  assertEquals((await call(host, "ping")).result, "pong");
});

Deno.test("microservice of a plugin throws until it is used in a service", () => {
  assertThrows(() => new RecordingPlugin().microservice, PluginError, "RecordingPlugin");
});

for (const value of [undefined, null, {}, "service", 1]) {
  Deno.test(`setMicroservice() refuses ${JSON.stringify(value)}`, () => {
    assertThrows(() => new RecordingPlugin().setMicroservice(value as never), TypeError, "no service");
  });
}

Deno.test("a plugin that does not look at calls costs them no copy", () => {
  class Deaf extends BasePlugin {
    override name = "deaf";
  }
  const host = new PluginHost(createMemoryLogger());
  host.add(new Deaf());
  let isRead = false;
  const params = new Proxy<JsonValue[]>([], {
    get(target, name) {
      isRead = true;
      return Reflect.get(target, name);
    },
    ownKeys(target) {
      isRead = true;
      return Reflect.ownKeys(target);
    },
  });

  host.tellCall({ jsonrpc: "2.0", method: "m", params, id: 1 });

  assertEquals(isRead, false);
});
