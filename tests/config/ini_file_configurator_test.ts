import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  applyConfiguration,
  Configurable,
  IniFileConfigurator,
  type IniFileConfiguratorOptions,
} from "../../src/config/mod.ts";
import { ConfigurationValueError } from "../../src/errors.ts";
import { pathToFileURL } from "node:url";
import { withFile } from "./temporary_file.ts";

const CONTENT = `
host = 0.0.0.0
accessible_at = http://common/

[hello]
port = 9000
accessibleAt = ""

[other]
port = 9001
`;

async function configure(options: IniFileConfiguratorOptions, serviceName = "hello"): Promise<object> {
  const target = {};
  await applyConfiguration(target, {
    configurables: [
      new Configurable("host"),
      new Configurable("port", { type: "integer" }),
      new Configurable("accessibleAt"),
    ],
    configurators: [new IniFileConfigurator(options)],
    serviceName,
  });
  return target;
}

const ROWS: [section: string | undefined, serviceName: string, expected: object][] = [
  [undefined, "hello", { host: "0.0.0.0", port: 9000, accessibleAt: "" }],
  [undefined, "unknown", { host: "0.0.0.0", accessibleAt: "http://common/" }],
  [undefined, "__proto__", { host: "0.0.0.0", accessibleAt: "http://common/" }],
  [undefined, "", { host: "0.0.0.0", accessibleAt: "http://common/" }],
  ["other", "hello", { host: "0.0.0.0", port: 9001, accessibleAt: "http://common/" }],
];

for (const [section, serviceName, expected] of ROWS) {
  Deno.test(`IniFileConfigurator reads section ${section} for service "${serviceName}"`, async () => {
    await withFile(CONTENT, async (fileName) => {
      const options = section === undefined ? { fileName } : { fileName, section };

      assertEquals(await configure(options, serviceName), expected);
    });
  });
}

Deno.test("IniFileConfigurator reads the file at a URL", async () => {
  await withFile(CONTENT, async (path) => {
    const fileName = pathToFileURL(path);

    assertEquals(await configure({ fileName, section: "other" }), {
      host: "0.0.0.0",
      port: 9001,
      accessibleAt: "http://common/",
    });
  });
});

const REFUSED: [name: string, content: string | Uint8Array, section: string | undefined, reason: string][] = [
  ["a missing section", CONTENT, "absent", 'it has no section "absent"'],
  ["a line that is nothing", "a = 1\nb", undefined, "line 2 must be key = value"],
  ["no UTF-8", new Uint8Array([0xff]), undefined, "it is not UTF-8"],
  ["a file over 1 MiB", "#".repeat(1_048_577), undefined, "it is larger than 1048576 bytes"],
  ["a bad value", "port = many", undefined, 'Cannot configure "port" with "many" from file '],
];

for (const [name, content, section, reason] of REFUSED) {
  Deno.test(`IniFileConfigurator refuses ${name}`, async () => {
    await withFile(content, async (fileName) => {
      const options = section === undefined ? { fileName } : { fileName, section };

      const error = await assertRejects(() => configure(options), ConfigurationValueError, reason);

      assertEquals(error.message.includes(JSON.stringify(fileName)), true);
    });
  });
}

for (const options of [{}, { fileName: 1 }, { fileName: "a", section: "" }]) {
  Deno.test(`IniFileConfigurator refuses the options ${JSON.stringify(options)}`, () => {
    assertThrows(
      () => new IniFileConfigurator(options as IniFileConfiguratorOptions),
      TypeError,
      "Cannot create an IniFileConfigurator: ",
    );
  });
}
