import { assertEquals, assertRejects } from "@std/assert";
import { applyConfiguration, Configurable, ObjectConfigurator } from "../../src/config/mod.ts";

const A = new Configurable("a");
const B = new Configurable("b");

class Service {
  a = "default";
  #level = 0;
  start(): void {}
  get url(): string {
    return "http://a/";
  }
  get level(): number {
    return this.#level;
  }
  set level(level: number) {
    this.#level = level;
  }
}

for (const [name, reason] of [["start", "it is a method"], ["url", "it is read-only"]] as const) {
  Deno.test(`applyConfiguration() refuses to configure "${name}" because ${reason}`, async () => {
    const service = new Service();
    const configurators = [new ObjectConfigurator({ a: "changed", [name]: "x" })];

    await assertRejects(
      () => applyConfiguration(service, { configurables: [A, new Configurable(name)], configurators }),
      TypeError,
      `Cannot make "${name}" configurable: ${reason}`,
    );

    assertEquals(service.a, "default");
  });
}

Deno.test("applyConfiguration() calls a setter", async () => {
  const service = new Service();

  await applyConfiguration(service, {
    configurables: [new Configurable("level")],
    configurators: [new ObjectConfigurator({ level: 3 })],
  });

  assertEquals(service.level, 3);
  assertEquals(Object.hasOwn(service, "level"), false);
});

const LOCKED: [name: string, target: object][] = [
  ["a frozen object", Object.freeze({ a: 1, b: 1 })],
  ["a sealed object without the field", Object.seal({ a: 1 })],
  ["a field of the prototype of a sealed object", Object.seal(Object.create({ b: 1 }))],
];

for (const [name, target] of LOCKED) {
  Deno.test(`applyConfiguration() refuses ${name}`, async () => {
    await assertRejects(
      () => applyConfiguration(target, { configurables: [B], configurators: [] }),
      TypeError,
      'Cannot make "b" configurable',
    );
  });
}

Deno.test("applyConfiguration() replaces a function that is a setting", async () => {
  const target = { a: () => 1 };
  const replacement = () => 2;

  await applyConfiguration(target, {
    configurables: [A],
    configurators: [new ObjectConfigurator({ a: replacement })],
  });

  assertEquals(target.a, replacement);
});
