import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  applyConfiguration,
  CommandLineConfigurator,
  Configurable,
  UsageRequest,
} from "../../src/config/mod.ts";
import { ConfigurationValueError } from "../../src/errors.ts";

const CONFIGURABLES = [
  new Configurable("text"),
  new Configurable("flag", { type: "boolean" }),
  new Configurable("count", { type: "integer" }),
  new Configurable("longName", { type: "json" }),
];

function configure(target: object, args: string[]): Promise<unknown> {
  return applyConfiguration(target, {
    configurables: CONFIGURABLES,
    configurators: [new CommandLineConfigurator()],
    args,
  });
}

const WORD = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "--",
    "-",
    "-h",
    "--text",
    "--te=",
    "--flag",
    "--no-flag",
    "--long_name=1",
    "--count",
    "--__proto__",
  ),
  fc.string().map((text) => `--${text}`),
  fc.tuple(fc.constantFrom("--text", "--flag", "--count", "--longName"), fc.string()).map((pair) =>
    pair.join("=")
  ),
);

Deno.test("CommandLineConfigurator answers any arguments with values, UsageRequest or ConfigurationValueError", async () => {
  await fc.assert(fc.asyncProperty(fc.array(WORD), async (args) => {
    const target = {};
    try {
      await configure(target, args);
      assert(Object.keys(target).every((name) => CONFIGURABLES.some((known) => known.name === name)));
    } catch (error) {
      assert(error instanceof UsageRequest || error instanceof ConfigurationValueError);
      assertEquals(target, {});
    }
  }));
});

Deno.test("CommandLineConfigurator reads back any value", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "binary" }),
      fc.boolean(),
      fc.integer(),
      fc.jsonValue(),
      async (...values) => {
        const [text, flag, count, longName] = values;
        const target = {};

        await configure(target, [
          `--text=${text}`,
          flag ? "--flag" : "--no-flag",
          "--count",
          `${count}`,
          `--long-name=${JSON.stringify(longName)}`,
        ]);

        // What JSON can not tell apart (-0 and 0) is no matter of the command line.
        assertEquals(target, { text, flag, count, longName: JSON.parse(JSON.stringify(longName)) });
      },
    ),
  );
});
