import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { applyConfiguration, Configurable, EnvironmentConfigurator } from "../../src/config/mod.ts";
import { ConfigurationValueError } from "../../src/errors.ts";

const ROWS: [prefix: string | undefined, serviceName: string, name: string, variable: string][] = [
  [undefined, "hello-world", "accessibleAt", "HELLO_WORLD_ACCESSIBLE_AT"],
  [undefined, "workers.mailer", "port", "WORKERS_MAILER_PORT"],
  [undefined, "", "port", "PORT"],
  ["", "hello", "port", "PORT"],
  ["SHOP", "hello", "port", "SHOP_PORT"],
  ["SHOP_", "hello", "port", "SHOP_PORT"],
  ["shop", "hello", "accessible_at", "shop_ACCESSIBLE_AT"],
];

for (const [prefix, serviceName, name, variable] of ROWS) {
  Deno.test(`EnvironmentConfigurator reads ${variable} (prefix ${prefix}, service "${serviceName}")`, async () => {
    const target = {};
    const asked: string[] = [];

    const applied = await applyConfiguration(target, {
      configurables: [new Configurable(name)],
      configurators: [new EnvironmentConfigurator(prefix === undefined ? {} : { prefix })],
      env: (variable) => {
        asked.push(variable);
        return "";
      },
      serviceName,
    });

    assertEquals(asked, [variable]);
    assertEquals(target, { [name]: "" });
    assertEquals(applied[0]?.source, `environment variable "${variable}"`);
  });
}

for (const prefix of ["1A", "A B", "A=", "-", "A\0"]) {
  Deno.test(`EnvironmentConfigurator refuses the prefix ${JSON.stringify(prefix)}`, () => {
    assertThrows(() => new EnvironmentConfigurator({ prefix }), TypeError, JSON.stringify(prefix));
  });
}

Deno.test("EnvironmentConfigurator names the variable with a bad value", async () => {
  await assertRejects(
    () =>
      applyConfiguration({}, {
        configurables: [new Configurable("port", { type: "integer" })],
        configurators: [new EnvironmentConfigurator()],
        env: () => "abc",
        serviceName: "hello",
      }),
    ConfigurationValueError,
    'Cannot configure "port" with "abc" from environment variable "HELLO_PORT": must be a whole number',
  );
});

Deno.test("EnvironmentConfigurator names the variable that it may not read", async () => {
  await assertRejects(
    () =>
      applyConfiguration({}, {
        configurables: [new Configurable("port")],
        configurators: [new EnvironmentConfigurator({ prefix: "" })],
        env: () => {
          throw new Error("Requires env access");
        },
      }),
    ConfigurationValueError,
    'Cannot read environment variable "PORT": Requires env access',
  );
});
