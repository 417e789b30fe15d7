import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { applyConfiguration, defaultConfigurables, ObjectConfigurator } from "../../src/config/mod.ts";
import { ConfigurationValueError } from "../../src/errors.ts";

async function configurePort(port: unknown, random?: () => number): Promise<unknown> {
  const target = { port: 8000 };
  await applyConfiguration(target, {
    configurables: defaultConfigurables(random === undefined ? {} : { random }),
    configurators: [new ObjectConfigurator({ port })],
  });
  return target.port;
}

Deno.test("defaultConfigurables() has the settings of the original", () => {
  assertEquals(defaultConfigurables().map(({ name }) => name), ["port", "host", "accessibleAt", "endpoint"]);
});

Deno.test("defaultConfigurables() gives new objects with each call", () => {
  assertNotEquals(defaultConfigurables()[0] === defaultConfigurables()[0], true);
});

const PORTS: [raw: unknown, random: number, port: number][] = [
  ["9000", 0.5, 9000],
  ["0", 0.5, 0],
  ["65535", 0.5, 65535],
  [8080, 0.5, 8080],
  [0, 0.5, 0],
  ["random", 0, 8000],
  ["random", 1 - Number.EPSILON, 65000],
];

for (const [raw, random, port] of PORTS) {
  Deno.test(`defaultConfigurables() takes the port ${JSON.stringify(raw)} as ${port}`, async () => {
    assertEquals(await configurePort(raw, () => random), port);
  });
}

for (
  const raw of ["65536", "-1", "8000.5", "", " ", "Random", "0x50", "1e3", "99999999999", 80.5, -1, null, [1]]
) {
  Deno.test(`defaultConfigurables() refuses the port ${JSON.stringify(raw)}`, async () => {
    await assertRejects(() => configurePort(raw), ConfigurationValueError, 'Cannot configure "port"');
  });
}
