import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UsageError } from "../../src/cli/command.ts";
import { toTable, toText } from "../../src/cli/events/dead_letter_text.ts";
import { readArguments } from "../../src/cli/arguments.ts";
import { toJsonLine, toLine, toLines } from "../../src/cli/terminal_text.ts";
import type { DeadLetter } from "../../src/events/dead_letter.ts";

// deno-lint-ignore no-control-regex -- they are what must not be there
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const anyText = fc.string({ unit: "binary", maxLength: 40 });
const nastyText = fc.array(
  fc.oneof(
    anyText,
    fc.constantFrom("\x1b[2J", "\x9b1m", "\x07", "\r", "\u202e", "\x1b]0;title\x07", "\n", "\u2028"),
  ),
).map((parts) => parts.join(""));

for (
  const [what, text, expected] of [
    ["plain text", "a b", "a b"],
    ["letters of any script", "äΩ漢🎉", "äΩ漢🎉"],
    ["an escape sequence", "\x1b[2J", "\\u001b[2J"],
    ["an escape sequence of one byte", "\x9b2J", "\\u009b2J"],
    ["line feeds and tabs", "a\r\n\tb", "a\\r\\n\\tb"],
    ["a backspace and a delete", "a\b\x7f", "a\\u0008\\u007f"],
    ["what turns the direction", "a\u202eb\u2066c", "a\\u202eb\\u2066c"],
    ["line separators", "a\u2028b", "a\\u2028b"],
  ] as const
) {
  Deno.test(`toLine() makes ${what} safe to print`, () => {
    assertEquals(toLine(text), expected);
  });
}

Deno.test("toLine() lets nothing through that a terminal obeys", () => {
  fc.assert(fc.property(nastyText, (text) => {
    assertEquals(UNSAFE.test(toLine(text)), false);
    assertEquals(toLines(text).some((line) => UNSAFE.test(line)), false);
  }));
});

Deno.test("toJsonLine() is the same JSON, and safe to print", () => {
  fc.assert(fc.property(fc.jsonValue({ stringUnit: "binary" }), nastyText, (value, text) => {
    const given = { value, text, [text]: 1 };
    const line = toJsonLine(given);

    assertEquals(UNSAFE.test(line), false);
    assertEquals(JSON.stringify(JSON.parse(line)), JSON.stringify(given));
  }));
});

const RULES = { values: ["url", "id"], flags: ["all", "json"], hasMore: true };

Deno.test("readArguments() reads options, flags and the rest in any order", () => {
  const { values, flags, positionals } = readArguments(
    ["a", "--url", "u=v", "--all", "-5", "--id=", "-", "--", "--json", "-x"],
    RULES,
  );

  assertEquals([...values], [["url", "u=v"], ["id", ""]]);
  assertEquals([...flags], ["all"]);
  assertEquals(positionals, ["a", "-5", "-", "--json", "-x"]);
});

Deno.test("readArguments() takes unambiguous beginnings, and the last of several", () => {
  const { values, flags } = readArguments(
    ["--u", "1", "--url", "2", "--js", "--json", "--no-json"],
    RULES,
  );

  assertEquals([...values], [["url", "2"]]);
  assertEquals([...flags], []);
});

Deno.test("readArguments() understands or refuses any command line", () => {
  const word = fc.oneof(
    anyText,
    fc.constantFrom("--", "--url", "--all", "-1", "--all=", "--url=1", "__proto__"),
  );
  fc.assert(fc.property(fc.array(word), (args) => {
    try {
      const { values, flags } = readArguments(args, RULES);
      assertEquals([...values.keys()].every((name) => RULES.values.includes(name)), true);
      assertEquals([...flags].every((name) => RULES.flags.includes(name)), true);
    } catch (error) {
      assertEquals(error instanceof UsageError, true);
    }
  }));
});

Deno.test("readArguments() refuses more arguments than there are places for", () => {
  assertThrows(
    () => readArguments(["a", "b"], { places: ["NAME"] }),
    UsageError,
    'unexpected argument "b"',
  );
});

const LETTER: DeadLetter = {
  id: "7",
  eventId: "0190",
  event: "order_paid",
  origin: "gemstone.q.billing/order_paid",
  reason: "max_attempts",
  attempts: 5,
  errorName: "TypeError",
  errorMessage: "Cannot read\n\x1b[31mproperty",
  errorStack: "TypeError: Cannot read\n\tat book (file:///a.ts:1:2)",
  firstFailure: "2026-01-01T00:00:00.000Z",
  lastFailure: "2026-01-02T00:00:00.000Z",
  body: '{"cents":\n1}',
  isText: true,
};

Deno.test("toTable() has a head, a line for each dead letter, and columns", () => {
  const lines = toTable([LETTER, {
    ...LETTER,
    id: "123456",
    errorName: undefined,
    errorMessage: "x".repeat(99),
  }]);

  assertEquals(lines, [
    "ID      EVENT       REASON        ATTEMPTS  LAST FAILURE              ERROR",
    "7       order_paid  max_attempts  5         2026-01-02T00:00:00.000Z  TypeError: Cannot read",
    `123456  order_paid  max_attempts  5         2026-01-02T00:00:00.000Z  ${"x".repeat(60)}…`,
  ]);
  assertEquals(toTable([]), []);
});

Deno.test("toText() tells everything, stack and body line by line", () => {
  assertEquals(toText(LETTER), [
    "id             7",
    "event          order_paid",
    "event id       0190",
    "origin         gemstone.q.billing/order_paid",
    "reason         max_attempts",
    "attempts       5",
    "first failure  2026-01-01T00:00:00.000Z",
    "last failure   2026-01-02T00:00:00.000Z",
    "error          TypeError: Cannot read\\n\\u001b[31mproperty",
    "stack",
    "  TypeError: Cannot read",
    "    at book (file:///a.ts:1:2)",
    "body",
    '  {"cents":',
    "  1}",
  ]);
});

Deno.test("toText() leaves out what is not known, and says when the body is base64", () => {
  const lines = toText({
    id: "1",
    event: "a",
    origin: "q",
    reason: "malformed",
    attempts: 1,
    body: "/w==",
    isText: false,
  });

  assertEquals(lines.slice(5), ["body in base64", "  /w=="]);
});
