import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createServer } from "node:net";
import { runCli } from "../support/cli.ts";
import { withModules } from "../support/cli_module.ts";
import { quietly, SHOP, TWO } from "./start_fixture.ts";

for (
  const [what, source, args, code, expected] of [
    [
      "several services",
      TWO,
      [],
      2,
      /^gemstone: error: \S+ exports several services, choose one of them with --class: /,
    ],
    [
      "no service",
      "export class Shop {}",
      [],
      4,
      /it exports no service; export a class that derives from MicroService$/,
    ],
    ["nothing", "", [], 4, /it exports no service/],
    ["a class that is not there", TWO, ["--class", "Shpo"], 4, /Cannot start "Shpo" of \S+: it exports /],
    [
      "a fault while it is loaded",
      "\nnull.x;",
      [],
      1,
      /Cannot load \S+: TypeError: [^\n]+service\.mjs:2:6\)$/,
    ],
    [
      "a program that starts a service itself",
      `${SHOP}\nawait new Shop().start({ args: ["--no-such-option"] });`,
      [],
      1,
      /Cannot load \S+: it starts a service itself; run it as a program, or give the module of the class/,
    ],
    ["a mistake in its text", "export class {{", [], 1, /Cannot load \S+: SyntaxError: [^\n]+$/],
    [
      "an import that is not there",
      'import "./no.mjs";',
      [],
      1,
      /Cannot load \S+: \w+: [^\n]+no\.mjs[^\n]*$/,
    ],
    ["an error of any kind", "throw 'hush\\x1b[2J'", [], 1, /Cannot load \S+: hush\\u001b\[2J$/],
    [
      "a fault in the constructor",
      `${SHOP.replace("super();", "super(); null.x;")}`,
      [],
      1,
      /Cannot create the service of \S+: TypeError: [^\n]+service\.mjs:9:\d+\)$/,
    ],
    [
      "a fault while it starts",
      `${SHOP.replace("constructor", "onServiceStart() { null.x; } constructor")}`,
      [],
      1,
      /Cannot start \S+: TypeError: [^\n]+service\.mjs:9:\d+\)$/,
    ],
    [
      "a setting that can not be used",
      SHOP.replace('"shop"', '""'),
      [],
      1,
      /Cannot use "" as the service's name/,
    ],
    ["a value that can not be used", SHOP, ["--port", "soon"], 2, /error: [^\n]*"soon"/],
  ] as const
) {
  Deno.test(`start ends with ${code} and one line for a module with ${what}`, () =>
    quietly(() =>
      withModules({ "service.mjs": source }, async (folder) => {
        const run = await runCli(["start", `${folder}/service.mjs`, ...args]);

        assertEquals([run.code, run.out], [code, ""]);
        assertMatch(run.error.replace(/; see gemstone start --help$/, ""), expected);
        assertEquals(run.error.includes("\n"), false);
      })
    ));
}

Deno.test("start ends with 1 and one line when the port is taken", () =>
  quietly(() =>
    withModules({ "service.mjs": SHOP }, async (folder) => {
      const other = createServer();
      await new Promise<void>((resolve) => void other.listen(0, "127.0.0.1", resolve));
      const { port } = other.address() as { port: number };

      const { code, error } = await runCli(["start", `${folder}/service.mjs`, "--port", String(port)]);
      await new Promise((resolve) => other.close(resolve));

      assertEquals(code, 1);
      assertMatch(error, new RegExp(`^gemstone: error: [^\\n]*${port}[^\\n]*$`));
    })
  ));

Deno.test("start ends with 4 when there is no such file", async () => {
  const { code, out, error } = await runCli(["start", "./no/such/service.ts"]);

  assertEquals([code, out], [4, ""]);
  assertEquals(error, "gemstone: error: Cannot start ./no/such/service.ts: there is no such file");
});

Deno.test({
  name: "start says how Node reads TypeScript",
  ignore: "Deno" in globalThis,
  fn: () =>
    withModules({ "service.ts": "const x = (c: any) => c; @x export class Shop {}" }, async (folder) => {
      const file = `${folder}/service.ts`;

      const { code, error } = await runCli(["start", file]);

      assertEquals(code, 1);
      assertMatch(
        error,
        /^gemstone: error: Cannot load [^\n]+ NODE_OPTIONS="--import tsx" npx gemstone start [^\n]+$/,
      );
    }),
});

for (
  const [what, args, expected] of [
    ["no module", [], "start needs a module"],
    ["an empty module", [""], "start needs a module"],
    ["an option of the service in front", ["--port", "1", "x.ts"], 'unknown option "--port"'],
    ["--class without a value", ["--class"], "option --class needs a value"],
    ["--class without a value behind", ["x.ts", "--class"], "option --class needs a value"],
  ] as const
) {
  Deno.test(`start: ${what} is wrong usage`, async () => {
    const { code, error } = await runCli(["start", ...args]);

    assertEquals(code, 2);
    assertStringIncludes(error, expected);
    assertMatch(error, /; see gemstone start --help$/);
  });
}
