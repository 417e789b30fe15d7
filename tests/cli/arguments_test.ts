import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { asksForHelp, readArguments, readNumber } from "../../src/cli/arguments.ts";
import { UsageError } from "../../src/cli/command.ts";

const RULES = {
  values: ["timeout", "url"],
  lists: ["header"],
  flags: ["verbose", "notify"],
  shorts: { H: "header", t: "timeout", v: "verbose", n: "notify" },
  hasMore: true,
} as const;

for (
  const [args, expected] of [
    [["-t", "5"], { values: [["timeout", "5"]] }],
    [["-t5"], { values: [["timeout", "5"]] }],
    [["-t", "-5"], { values: [["timeout", "-5"]] }],
    [["-vn"], { flags: ["verbose", "notify"] }],
    [["-vt5", "a"], { flags: ["verbose"], values: [["timeout", "5"]], positionals: ["a"] }],
    [["-vt", "5"], { flags: ["verbose"], values: [["timeout", "5"]] }],
    [["-H", "a:1", "--header=b:2", "--header", "c: 3"], { lists: [["header", ["a:1", "b:2", "c: 3"]]] }],
    [["--verbose", "--no-verbose", "-n"], { flags: ["notify"] }],
    [["-", "-5", "-.5", "--", "-v", "--url"], { positionals: ["-", "-5", "-.5", "-v", "--url"] }],
    [["--url=--x", "--url", ""], { values: [["url", ""]] }],
    [["a=b", "--", "--"], { positionals: ["a=b", "--"] }],
  ] as const
) {
  Deno.test(`readArguments() reads ${args.join(" ")}`, () => {
    const { values, lists, flags, positionals } = readArguments(args, RULES);

    assertEquals(
      { values: [...values], lists: [...lists], flags: [...flags], positionals },
      { values: [], lists: [], flags: [], positionals: [], ...expected } as unknown,
    );
  });
}

for (
  const [args, expected] of [
    [["-x"], 'unknown option "-x"'],
    [["-vx"], 'unknown option "-x"'],
    [["-t"], "option -t needs a value"],
    [["-t", "-v"], "option -t needs a value, write one that begins with - as -t-…"],
    [["--url", "--verbose"], "write one that begins with - as --url=-…"],
    [["--url", "--"], "option --url needs a value"],
    [["--ulr", "x"], 'unknown option "--ulr", did you mean "--url"'],
    [["--__proto__"], 'unknown option "--__proto__"'],
    [["-constructor"], 'unknown option "-c"'],
    [["--verbose=1"], 'option --verbose takes no value, got "1"'],
    [["--help=1"], "--help takes no value"],
  ] as const
) {
  Deno.test(`readArguments() refuses ${args.join(" ")}`, () => {
    assertThrows(() => readArguments(args, RULES), UsageError, expected);
  });
}

Deno.test("readArguments() understands or refuses any command line", () => {
  const word = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom(
      "--",
      "-t",
      "-vt",
      "-H",
      "--url",
      "-1",
      "--verbose=",
      "--url=1",
      "__proto__",
      "-__proto__",
    ),
  );
  fc.assert(fc.property(fc.array(word), (args) => {
    try {
      const { values, lists, flags } = readArguments(args, RULES);
      assertEquals([...values.keys()].every((name) => name === "timeout" || name === "url"), true);
      assertEquals([...lists.keys()].every((name) => name === "header"), true);
      assertEquals([...flags].every((name) => name === "verbose" || name === "notify"), true);
    } catch (error) {
      assertEquals(error instanceof UsageError, true);
    }
  }));
});

Deno.test("readNumber() takes whole numbers from 1 to the limit", () => {
  const read = (text: string): number | undefined => readNumber(new Map([["limit", text]]), "limit", 100);

  assertEquals(["1", "007", "100"].map(read), [1, 7, 100]);
  assertEquals(readNumber(new Map(), "limit", 100), undefined);
  for (const text of ["0", "101", "-1", "1.5", "1e2", "0x10", "", " 1", "soon", "99999999999"]) {
    assertThrows(() => read(text), UsageError, "--limit must be a whole number from 1 to 100, got");
  }
});

Deno.test("asksForHelp() looks for it before -- only", () => {
  assertEquals(asksForHelp(["a", "-h"]), true);
  assertEquals(asksForHelp(["--help", "--"]), true);
  assertEquals(asksForHelp(["a", "--", "--help"]), false);
  assertEquals(asksForHelp(["help", "-H", "h"]), false);
});
