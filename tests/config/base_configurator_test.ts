import { assertEquals, assertStrictEquals } from "@std/assert";
import { Configurable, type ConfigurationContext, ObjectConfigurator } from "../../src/config/mod.ts";

function createContext(...names: string[]): ConfigurationContext {
  return {
    configurables: names.map((name) => new Configurable(name)),
    serviceName: "hello",
    args: [],
    commandLine: new Map(),
    env: () => undefined,
  };
}

Deno.test("BaseConfigurator looks up the settings that were registered", () => {
  const configurator = new ObjectConfigurator({});
  const [first, second] = [new Configurable("a"), new Configurable("a")];

  configurator.registerConfigurable(first);
  configurator.registerConfigurable(second);

  assertStrictEquals(configurator.getConfigurableByName("a"), second);
  assertStrictEquals(configurator.getConfigurableByName("constructor"), undefined);
  assertEquals(configurator.configurables, [second]);
});

Deno.test("BaseConfigurator gives values by context, and the latest without one", async () => {
  const configurator = new ObjectConfigurator({ a: 1, b: 2 });
  const [one, two] = [createContext("a"), createContext("b")];

  await configurator.load(one);
  await configurator.load(two);

  assertEquals([configurator.get("a", one), configurator.get("b", one)], [1, undefined]);
  assertEquals([configurator.get("a", two), configurator.get("b", two)], [undefined, 2]);
  assertEquals([configurator.get("a"), configurator.get("b")], [undefined, 2]);
  assertEquals([configurator.sourceOf("b"), configurator.sourceOf("a")], ["an object", undefined]);
});

Deno.test("BaseConfigurator has no values before load()", () => {
  const configurator = new ObjectConfigurator({ a: 1 });

  assertEquals([configurator.get("a"), configurator.get("a", createContext("a"))], [undefined, undefined]);
});
