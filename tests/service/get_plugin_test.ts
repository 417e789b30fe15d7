import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { BasePlugin, MicroService, PluginDoesNotExistError } from "@gemstone/gemstone";
import { RecordingPlugin } from "../support/recording_plugin.ts";
import { call, createMemoryLogger } from "../support/service.ts";

class Host extends MicroService {
  override name = "host";
  override getLogger = createMemoryLogger;
}

function createHost(...names: string[]): Host {
  const host = new Host();
  host.plugins = names.map((name) => new RecordingPlugin(name));
  return host;
}

class Counter extends BasePlugin<Host> {
  override name = "counter";
  count = 0;
  add(): number {
    return ++this.count;
  }
}

Deno.test("getPlugin() finds a plugin by name and by class, and its own methods can be called", async () => {
  const host = createHost("a");
  const counter = new Counter();
  host.plugins = [...host.plugins, counter];
  host.expose("count", () => host.getPlugin(Counter).add());

  const { result } = await call(host, "count");

  const byClass: Counter = host.getPlugin(Counter);
  const byName: Counter = host.getPlugin<Counter>("counter");
  const plain: BasePlugin = host.getPlugin("a");
  assertEquals([result, byClass === counter, byName === counter, plain.name], [1, true, true, "a"]);
  assertStrictEquals(counter.microservice, host);
});

for (const name of ["missing", "", "__proto__", "constructor", "a\n"]) {
  Deno.test(`getPlugin(${JSON.stringify(name)}) throws when there is none, and says which there are`, () => {
    const host = createHost("a", "b");

    const error = assertThrows(() => host.getPlugin(name), PluginDoesNotExistError, '"a", "b"');

    assertEquals([error.plugin, error.code], [name, "ERR_PLUGIN_NOT_FOUND"]);
  });
}

Deno.test("getPlugin() of a class without an instance names the class", () => {
  const error = assertThrows(() => createHost().getPlugin(Counter), PluginDoesNotExistError, "Counter");

  assertEquals(error.plugin, "Counter");
});
