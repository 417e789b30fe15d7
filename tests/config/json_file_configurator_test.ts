import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  applyConfiguration,
  CommandLineConfigurator,
  Configurable,
  type Configurator,
  JsonFileConfigurator,
  type JsonFileConfiguratorOptions,
  UsageRequest,
} from "../../src/config/mod.ts";
import { ConfigurationValueError } from "../../src/errors.ts";
import { pathToFileURL } from "node:url";
import { withFile } from "./temporary_file.ts";

const CONFIGURABLES = [
  new Configurable("port", { type: "integer" }),
  new Configurable("accessibleAt"),
  new Configurable("tags", { type: "list" }),
  new Configurable("debug", { type: "boolean" }),
];

async function configure(configurators: Configurator[], args: string[] = []): Promise<object> {
  const target = {};
  await applyConfiguration(target, {
    configurables: CONFIGURABLES,
    configurators,
    args,
    serviceName: "hello",
  });
  return target;
}

Deno.test("JsonFileConfigurator reads a fixed file", async () => {
  const content = '{"port": 0, "accessible_at": "", "tags": [], "debug": false, "unknown": 1}';
  await withFile(content, async (fileName) => {
    const target = await configure([new JsonFileConfigurator({ fileName })]);

    assertEquals(target, { port: 0, accessibleAt: "", tags: [], debug: false });
  });
});

Deno.test("JsonFileConfigurator with a fixed file leaves the command line alone", async () => {
  await withFile('{"port": 1}', async (fileName) => {
    const target = await configure([new JsonFileConfigurator({ fileName })], ["--unknown"]);

    assertEquals(target, { port: 1 });
  });
});

Deno.test("JsonFileConfigurator reads the file at a URL", async () => {
  await withFile('{"port": 1}', async (path) => {
    const fileName = pathToFileURL(path);

    assertEquals(await configure([new JsonFileConfigurator({ fileName })]), { port: 1 });
  });
});

Deno.test("JsonFileConfigurator skips a byte order mark", async () => {
  await withFile('\ufeff{"port": 1}', async (fileName) => {
    assertEquals(await configure([new JsonFileConfigurator({ fileName })]), { port: 1 });
  });
});

const NAMED: [fromCommandLine: string | true, args: (fileName: string) => string[]][] = [
  ["config", (fileName) => ["--config", fileName]],
  ["config", (fileName) => [`--config=${fileName}`]],
  ["config", (fileName) => ["--conf", fileName]],
  ["config-file", (fileName) => ["--config-file", fileName]],
  [true, (fileName) => [fileName]],
  [true, (fileName) => ["--", fileName]],
];

for (const [fromCommandLine, args] of NAMED) {
  Deno.test(`JsonFileConfigurator reads the file of ${args("FILE").join(" ")} (${fromCommandLine})`, async () => {
    await withFile('{"port": 1, "debug": true}', async (fileName) => {
      const configurators = [new JsonFileConfigurator({ fromCommandLine }), new CommandLineConfigurator()];

      const target = await configure(configurators, ["--port", "2", ...args(fileName)]);

      assertEquals(target, { port: 2, debug: true });
    });
  });
}

Deno.test("JsonFileConfigurator reads the file that the arguments of CommandLineConfigurator name", async () => {
  await withFile('{"port": 1}', async (fileName) => {
    const commandLine = new CommandLineConfigurator({ args: ["--config", fileName] });

    const target = await configure([commandLine, new JsonFileConfigurator({ fromCommandLine: "config" })]);

    assertEquals(target, { port: 1 });
  });
});

for (const fromCommandLine of ["config", true] as const) {
  Deno.test(`JsonFileConfigurator has no values when the command line names no file (${fromCommandLine})`, async () => {
    const configurators = [new JsonFileConfigurator({ fromCommandLine }), new CommandLineConfigurator()];

    assertEquals(await configure(configurators), {});
    assertEquals(await configure(configurators, ["--port", "2"]), { port: 2 });
  });
}

Deno.test("JsonFileConfigurator alone knows no option for a setting", async () => {
  await assertRejects(
    () => configure([new JsonFileConfigurator({ fromCommandLine: "config" })], ["--port", "1"]),
    UsageRequest,
    'unknown option "--port"',
  );
});

Deno.test("JsonFileConfigurator refuses an option that is also a setting", async () => {
  const configurators = [
    new JsonFileConfigurator({ fromCommandLine: "port" }),
    new CommandLineConfigurator(),
  ];

  await assertRejects(() => configure(configurators, ["--port", "1"]), TypeError, "are both spelled --port");
});

Deno.test("JsonFileConfigurator refuses a second one that takes the positional argument", async () => {
  const configurators = [
    new JsonFileConfigurator({ fromCommandLine: true }),
    new JsonFileConfigurator({ fromCommandLine: true }),
  ];

  await assertRejects(() => configure(configurators, ["x"]), TypeError, "take the same positional argument");
});

const REFUSED_OPTIONS: unknown[] = [
  {},
  { fileName: "a", fromCommandLine: "b" },
  { fromCommandLine: "" },
  { fromCommandLine: "--config" },
  { fromCommandLine: "__proto__" },
  { fromCommandLine: "a b" },
];

for (const options of REFUSED_OPTIONS) {
  Deno.test(`JsonFileConfigurator refuses ${JSON.stringify(options)}`, () => {
    assertThrows(
      () => new JsonFileConfigurator(options as JsonFileConfiguratorOptions),
      TypeError,
      "Cannot create a JsonFileConfigurator: ",
    );
  });
}

const REFUSED_FILES: [name: string, content: string | Uint8Array, reason: string][] = [
  ["an empty file", "", "it is not JSON: "],
  ["cut JSON", '{"port": 1', "it is not JSON: "],
  ["deep JSON", "[".repeat(1_000_000), "it is not JSON: "],
  ["an array", "[]", "it must hold a JSON object"],
  ["null", "null", "it must hold a JSON object"],
  ["text", '"port"', "it must hold a JSON object"],
  ["no UTF-8", new Uint8Array([0x7b, 0xff, 0x7d]), "it is not UTF-8"],
  ["a file over 1 MiB", " ".repeat(1_048_576) + "{}", "it is larger than 1048576 bytes"],
  [
    "a setting in two spellings",
    '{"accessible_at": "a", "accessible-at": "b"}',
    'both "accessible-at" and "accessible_at"',
  ],
  [
    "a setting of the wrong type",
    '{"port": {"__proto__": 1}}',
    'Cannot configure "port" with {"__proto__":1} from file ',
  ],
];

for (const [name, content, reason] of REFUSED_FILES) {
  Deno.test(`JsonFileConfigurator refuses ${name}`, async () => {
    await withFile(content, async (fileName) => {
      const error = await assertRejects(
        () => configure([new JsonFileConfigurator({ fileName })]),
        ConfigurationValueError,
        reason,
      );

      assertEquals(error.message.includes(JSON.stringify(fileName)), true);
    });
  });
}

Deno.test("JsonFileConfigurator reads a file of just 1 MiB", async () => {
  await withFile(" ".repeat(1_048_574) + "{}", async (fileName) => {
    assertEquals(await configure([new JsonFileConfigurator({ fileName })]), {});
  });
});

Deno.test("JsonFileConfigurator is not misled by __proto__ in the file", async () => {
  await withFile(
    '{"__proto__": {"port": 1}, "constructor": {"prototype": {"port": 2}}}',
    async (fileName) => {
      const target = await configure([new JsonFileConfigurator({ fileName })]);

      assertEquals(target, {});
      assertEquals(({} as Record<string, unknown>).port, undefined);
    },
  );
});

for (
  const fileName of [
    "/nowhere/settings.json",
    ".",
    "",
    "a\0b",
    new URL("file:///nowhere/settings.json"),
    new URL("https://service.test/settings.json"),
    new URL("data:application/json,{}"),
  ]
) {
  Deno.test(`JsonFileConfigurator names the file ${JSON.stringify(fileName)} that it can not read`, async () => {
    await assertRejects(
      () => configure([new JsonFileConfigurator({ fileName })]),
      ConfigurationValueError,
      `Cannot read configuration file ${JSON.stringify(fileName)}: `,
    );
  });
}
