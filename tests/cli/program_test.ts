import { readFile } from "node:fs/promises";
import { assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { runCommand } from "@gemstone/gemstone/cli";
import { InternalError } from "@gemstone/gemstone/errors";
import { ROOT } from "../../src/cli/commands.ts";
import type { Command } from "../../src/cli/command.ts";
import { toErrorText } from "../../src/cli/exit_codes.ts";
import { VERSION } from "../../src/cli/version.ts";
import { runCli, withCliProgram } from "../support/cli.ts";

/** All commands, by the words that lead to them. */
async function listCommands(command: Command, path: readonly string[] = []): Promise<string[][]> {
  const below = [...command.commands ?? []].map(async ([name, { load }]) =>
    await listCommands(await load(), [...path, name])
  );
  return [[...path], ...(await Promise.all(below)).flat()];
}

const PATHS = await listCommands(ROOT);

for (const path of PATHS) {
  const name = ["gemstone", ...path].join(" ");

  Deno.test(`${name} has a help text, by --help, -h and help, of at most 80 columns`, async () => {
    const [long, short, help] = await Promise.all([
      runCli([...path, "--help"]),
      runCli([...path, "-h"]),
      runCli(["help", ...path]),
    ]);

    assertEquals([long.code, long.error], [0, ""]);
    assertEquals([short, help], [long, long]);
    assertMatch(long.out, /^usage: gemstone /);
    assertEquals(long.out.split("\n").filter((line) => line.length > 80), []);
    assertEquals(long.out.includes("\x1b"), false);
  });

  if (path.length === 0) continue;
  Deno.test(`${name} refuses an option that it does not know`, async () => {
    const { code, out, error } = await runCli([...path, "--no-such-option-x"]);

    assertEquals([code, out], [2, ""]);
    assertMatch(error, /^gemstone: error: [^\n]+; see gemstone [a-z_ -]*--help$/);
  });
}

Deno.test("gemstone has all commands, and tells exit codes", async () => {
  const { out } = await runCli(["--help"]);

  for (
    const name of ["call", "call_raw", "list", "ping", "bench", "start", "registry", "new", "events", "help"]
  ) {
    assertMatch(out, new RegExp(`^ {2}${name} `, "m"));
  }
  assertMatch(out, /Exit codes: 0, done; 1, /);
});

Deno.test("gemstone --version is that of the package", async () => {
  const isDeno = "Deno" in globalThis;
  const file = new URL(isDeno ? "../../deno.json" : "../../package.json", import.meta.url);
  const { version } = JSON.parse(await readFile(file, "utf8"));

  const long = await runCli(["--version"]);
  const short = await runCli(["-V"]);

  assertEquals([VERSION, long.code, long.out], [version, 0, `gemstone ${version}`]);
  assertEquals(short, long);
});

Deno.test("gemstone without a command shows the usage as an error", async () => {
  const { code, out, error } = await runCli([]);

  assertEquals([code, out], [2, ""]);
  assertMatch(error, /^usage: gemstone /);
});

for (
  const [what, args, expected] of [
    ["a mistyped command", ["cal_raw", "x"], 'unknown command "cal_raw", did you mean "call_raw"'],
    ["a command of other letters", ["LIST"], 'unknown command "LIST", did you mean "list"'],
    ["a word that is no command", ["frobnicate"], 'unknown command "frobnicate", the commands are: call, '],
    ["__proto__", ["__proto__"], 'unknown command "__proto__"'],
    ["constructor", ["constructor"], 'unknown command "constructor"'],
    ["an empty word", [""], 'unknown command ""'],
    ["a long word", ["x".repeat(10_000)], "unknown command"],
    ["what a terminal obeys", ["\x1b[2J\u202e"], 'unknown command "\\u001b[2J\\u202e"'],
    ["a password", ["http://u:hush@x"], "unknown command"],
    ["help for no command", ["help", "lits"], 'unknown command "lits", did you mean "list"'],
    ["help for no command of a word", ["help", "events", "emti"], 'did you mean "emit"'],
    ["an unknown option", ["--verzion"], 'unknown option "--verzion", did you mean "--version"'],
    ["--color without a value", ["--color"], "option --color needs a value"],
    ["a color that is none", ["--color", "red", "list"], '--color must be auto, always, never, got "red"'],
    ["an option and no command", ["--color", "never", "--"], ""],
  ] as const
) {
  Deno.test(`gemstone: ${what} is wrong usage`, async () => {
    const { code, out, error } = await runCli(args);

    assertEquals([code, out, error.includes("hush")], [2, "", false]);
    assertStringIncludes(error, expected);
    assertNotMatch(error.replaceAll("\n", ""), /[^\x20-\x7e…]/);
    assertEquals(error.length < 2000, true);
  });
}

Deno.test("runCommand() never rejects, and never prints what a terminal obeys", async () => {
  const word = fc.oneof(
    fc.string({ unit: "binary", maxLength: 10 }),
    fc.constantFrom("help", "--help", "--", "--color", "always", "events", "dead", "--json", "-v", "\x1b[2J"),
  );
  await fc.assert(fc.asyncProperty(fc.array(word, { maxLength: 5 }), async (args) => {
    // What would go on and on, or out.
    fc.pre(!args.some((arg) => ["registry", "tail", "new", "start"].includes(arg)));
    const { code, error } = await runCli([...args]);

    assertEquals([0, 1, 2, 3, 4].includes(code), true);
    // deno-lint-ignore no-control-regex -- they are what must not be there
    assertEquals(/[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f-\x9f]/.test(error), false);
  }));
});

for (
  const [what, terminal, env, color, expected] of [
    ["no terminal", { isOut: false, isError: false }, {}, [], false],
    ["a terminal", { isOut: true, isError: true }, {}, [], true],
    ["a terminal and NO_COLOR", { isOut: true, isError: true }, { NO_COLOR: "1" }, [], false],
    ["a terminal and an empty NO_COLOR", { isOut: true, isError: true }, { NO_COLOR: "" }, [], true],
    ["a terminal that is dumb", { isOut: true, isError: true }, { TERM: "dumb" }, [], false],
    ["a terminal and --color never", { isOut: true, isError: true }, {}, ["--color", "never"], false],
    [
      "a pipe and --color=always",
      { isOut: false, isError: false },
      { NO_COLOR: "1" },
      ["--color=always"],
      true,
    ],
  ] as const
) {
  Deno.test(`gemstone uses ${expected ? "colours" : "no colours"} on ${what}`, async () => {
    const lines: string[] = [];
    const output = {
      out: (line: string) => void lines.push(line),
      error: (line: string) => void lines.push(line),
    };
    const options = { terminal, env: (name: string) => (env as Record<string, string>)[name] };

    await runCommand([...color, "list", "--help"], output, options);
    await runCommand([...color, "lits"], output, options);

    assertEquals(lines.map((line) => line.includes("\x1b[")), [expected, expected]);
  });
}

Deno.test("toErrorText() hides passwords, stacks and whatever else an error may hold", () => {
  const cases = [
    [new Error("at http://user:hush@x/api\n\x1b[2J"), "at http://user:***@x/api\\n\\u001b[2J"],
    [new Error("\x1b".repeat(1_000_000)), `${"\\u001b".repeat(1000).slice(0, 4000)}…`],
    [
      new InternalError("Cannot", JSON.parse('{"__proto__": "http://u:hush@x"}')),
      'Cannot (error -32603, data {"__proto__":"http://u:***@x"})',
    ],
    [new InternalError("Cannot (no)", { reason: "no" }), "Cannot (no) (error -32603)"],
    [new InternalError("Cannot", "x".repeat(1000)), `Cannot (error -32603, data "${"x".repeat(299)}…)`],
    [new TypeError(""), "TypeError"],
    ["a text", "a text"],
    [undefined, "undefined"],
    [null, "null"],
    [{ __proto__: null }, "an error of an unknown kind"],
  ] as const;

  for (const [error, expected] of cases) assertEquals(toErrorText(error), expected);
});

Deno.test("the program ends with the exit code and one line, without permissions", async () => {
  await withCliProgram(["lits"], async (program) => {
    const end = await program.ended;

    assertEquals([end.code, program.stdout], [2, ""]);
    assertEquals(
      program.stderr,
      'gemstone: error: unknown command "lits", did you mean "list"; see gemstone --help\n',
    );
  }, { permissions: [] });
});
