import { assertEquals, assertRejects } from "@std/assert";
import {
  applyConfiguration,
  BaseConfigurator,
  CommandLineConfigurator,
  Configurable,
  type ConfigurationContext,
  type Configurator,
  EnvironmentConfigurator,
  type FoundValue,
  ObjectConfigurator,
} from "../../src/config/mod.ts";
import { ConfigurationValueError } from "../../src/errors.ts";

const A = new Configurable("a");
const B = new Configurable("b");

Deno.test("applyConfiguration() lets the last configurator that has a value win", async () => {
  const target = {};

  const applied = await applyConfiguration(target, {
    configurables: [A, B, new Configurable("c")],
    configurators: [
      new ObjectConfigurator({ a: 1, b: 1, c: 1 }, { source: "first" }),
      new ObjectConfigurator({ a: 2, b: 2 }, { source: "second" }),
      new ObjectConfigurator({ a: 3, b: undefined }, { source: "third" }),
    ],
  });

  assertEquals(target, { a: 3, b: 2, c: 1 });
  assertEquals(applied, [
    { name: "a", value: 3, source: "third" },
    { name: "b", value: 2, source: "second" },
    { name: "c", value: 1, source: "first" },
  ]);
});

for (const value of [0, "", false, null, [], NaN]) {
  Deno.test(`applyConfiguration() honours ${JSON.stringify(value)} (${typeof value})`, async () => {
    const target = { a: "default" };

    await applyConfiguration(target, {
      configurables: [A],
      configurators: [new ObjectConfigurator({ a: "other" }), new ObjectConfigurator({ a: value })],
    });

    assertEquals(target, { a: value } as unknown);
  });
}

Deno.test("applyConfiguration() leaves what no configurator has a value for", async () => {
  const target = { a: 1 };

  const applied = await applyConfiguration(target, {
    configurables: [A, B],
    configurators: [new ObjectConfigurator({})],
  });

  assertEquals(target, { a: 1 });
  assertEquals(applied, []);
});

Deno.test("applyConfiguration() changes nothing when one value is bad", async () => {
  const target = { a: "before", b: 1 };

  await assertRejects(
    () =>
      applyConfiguration(target, {
        configurables: [A, new Configurable("b", { type: "integer" })],
        configurators: [new ObjectConfigurator({ a: "after", b: "many" }, { source: "the test" })],
      }),
    ConfigurationValueError,
    'Cannot configure "b" with "many" from the test: must be a whole number',
  );

  assertEquals(target, { a: "before", b: 1 });
});

Deno.test("applyConfiguration() converts only the value that wins", async () => {
  const target = {};

  await applyConfiguration(target, {
    configurables: [new Configurable("a", { type: "integer" })],
    configurators: [new ObjectConfigurator({ a: "bad" }), new ObjectConfigurator({ a: 5 })],
  });

  assertEquals(target, { a: 5 });
});

Deno.test("applyConfiguration() loads all configurators in order before it asks any", async () => {
  const log: string[] = [];
  const create = (id: string): Configurator => ({
    load: () => void log.push(`load ${id}`),
    get: () => void log.push(`get ${id}`),
  });

  await applyConfiguration({}, { configurables: [A], configurators: [create("1"), create("2")] });

  assertEquals(log, ["load 1", "load 2", "get 2", "get 1"]);
});

Deno.test("applyConfiguration() names a configurator without source", async () => {
  const applied = await applyConfiguration({}, {
    configurables: [A],
    configurators: [{ load() {}, get: () => 1 }],
  });

  assertEquals(applied, [{ name: "a", value: 1, source: "a configurator" }]);
});

Deno.test("applyConfiguration() may be called again with the same configurators", async () => {
  const configurators = [new CommandLineConfigurator(), new EnvironmentConfigurator({ prefix: "" })];
  const target = { a: "", b: "" };
  const configurables = [A, B];

  await applyConfiguration(target, { configurables, configurators, args: ["--a", "1"], env: () => "e" });
  await applyConfiguration(target, { configurables, configurators, args: ["--b", "2"] });

  assertEquals(target, { a: "e", b: "2" });
});

Deno.test("applyConfiguration() keeps two services apart that share one configurator", async () => {
  let loading = 0;
  let release = (): void => {};
  const released = new Promise<void>((resolve) => release = resolve);
  class SlowConfigurator extends BaseConfigurator {
    protected override async read(context: ConfigurationContext): Promise<Map<string, FoundValue>> {
      // Neither of the two services gets its values before both have asked for them.
      if (++loading === 2) release();
      await released;
      return new Map([["a", { value: context.serviceName, source: "slow" }]]);
    }
  }
  const shared = [new SlowConfigurator(), new CommandLineConfigurator()];
  const [one, two] = [{ a: "", b: "" }, { a: "", b: "" }];

  await Promise.all([
    applyConfiguration(one, {
      configurables: [A, B],
      configurators: shared,
      args: ["--b=1"],
      serviceName: "one",
    }),
    applyConfiguration(two, { configurables: [A], configurators: shared, serviceName: "two" }),
  ]);

  assertEquals([one, two], [{ a: "one", b: "1" }, { a: "two", b: "" }]);
});

Deno.test("applyConfiguration() adds the settings that a configurator registered", async () => {
  const configurator = new ObjectConfigurator({ a: 1, b: 2 });
  configurator.registerConfigurable(new Configurable("b", { template: (value: number) => value * 10 }));
  const target = {};

  await applyConfiguration(target, { configurables: [A], configurators: [configurator] });

  assertEquals(target, { b: 20, a: 1 });
});

Deno.test("applyConfiguration() takes the later of two settings with one name", async () => {
  const target = {};

  await applyConfiguration(target, {
    configurables: [A, new Configurable("a", { type: "list" })],
    configurators: [new ObjectConfigurator({ a: "x,y" })],
  });

  assertEquals(target, { a: ["x", "y"] });
});

Deno.test("applyConfiguration() refuses two names with one spelling", async () => {
  const configurables = [new Configurable("accessibleAt"), new Configurable("accessible_at")];

  await assertRejects(
    () => applyConfiguration({}, { configurables, configurators: [] }),
    TypeError,
    'Cannot configure "accessible_at" besides "accessibleAt": both are spelled --accessible-at',
  );
});

Deno.test("applyConfiguration() sets only what is declared", async () => {
  const target = {};
  const values = JSON.parse('{"__proto__": {"a": 1, "polluted": 1}, "constructor": 1, "b": 1, "start": 1}');

  await applyConfiguration(target, {
    configurables: [A, B],
    configurators: [new ObjectConfigurator(values)],
  });

  assertEquals(target, { b: 1 });
  assertEquals(Object.getPrototypeOf(target), Object.prototype);
});

Deno.test("applyConfiguration() leaves the arguments alone when no configurator reads them", async () => {
  const target = {};

  await applyConfiguration(target, {
    configurables: [A],
    configurators: [new ObjectConfigurator({ a: 1 })],
    args: ["--unknown", "stray"],
  });

  assertEquals(target, { a: 1 });
});
