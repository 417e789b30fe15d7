import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Configurable, type ConfigurableOptions } from "../../src/config/mod.ts";
import { convertValue } from "../../src/config/conversion.ts";
import { ConfigurationValueError } from "../../src/errors.ts";

type Row = [type: ConfigurableOptions["type"], raw: unknown, expected: unknown];

const FROM_TEXT: Row[] = [
  ["string", "", ""],
  ["string", "007", "007"],
  ["number", "0", 0],
  ["number", "-1.5e3", -1500],
  ["number", " .5 ", 0.5],
  ["integer", "0", 0],
  ["integer", "-42", -42],
  ["boolean", "true", true],
  ["boolean", "YES", true],
  ["boolean", "0", false],
  ["boolean", "off", false],
  ["json", '{"a":[1]}', { a: [1] }],
  ["json", "null", null],
  ["list", "a, b,,c", ["a", "b", "", "c"]],
  ["list", " ", []],
  [(raw) => raw.length, "abc", 3],
  [(raw) => raw, 8000, "8000"],
  [(raw) => raw, false, "false"],
  [undefined, "1", "1"],
  [undefined, null, null],
];

for (const [type, raw, expected] of FROM_TEXT) {
  Deno.test(`convertValue() makes ${nameOf(type)} of ${JSON.stringify(raw)}`, () => {
    assertEquals(convert({ type } as ConfigurableOptions, raw), expected);
  });
}

const TYPED: Row[] = [
  ["string", "[1]", "[1]"],
  ["number", 0, 0],
  ["number", "8000", 8000],
  ["integer", 5.0, 5],
  ["boolean", false, false],
  ["json", "[1]", "[1]"],
  ["json", { a: 1 }, { a: 1 }],
  ["json", false, false],
  ["list", [], []],
  ["list", ["a", "b,c"], ["a", "b,c"]],
];

for (const [type, raw, expected] of TYPED) {
  Deno.test(`convertValue() takes ${JSON.stringify(raw)} of a JSON file as ${nameOf(type)}`, () => {
    assertEquals(convert({ type } as ConfigurableOptions, raw, true), expected);
  });
}

const REFUSED: [type: ConfigurableOptions["type"], raw: unknown, reason: string][] = [
  ["string", 5, "must be text"],
  ["string", null, "must be text"],
  ["number", "", "must be a number"],
  ["number", "0x10", "must be a number"],
  ["number", "Infinity", "must be a number"],
  ["number", "1e999", "must be a number"],
  ["number", true, "must be a number"],
  ["integer", "1.5", "must be a whole number"],
  ["integer", "9007199254740993", "must be a whole number"],
  ["integer", 1.5, "must be a whole number"],
  ["integer", [1], "must be a whole number"],
  ["boolean", "", "must be true or false, yes or no, on or off, 1 or 0"],
  ["boolean", 1, "must be true or false, yes or no, on or off, 1 or 0"],
  ["boolean", "constructor", "must be true or false, yes or no, on or off, 1 or 0"],
  ["json", "{", "must be JSON: "],
  ["list", [1], "must be a list of texts, separated by commas"],
  ["list", { length: 0 }, "must be a list of texts, separated by commas"],
  [Number, "abc", "must be a number"],
  [(raw) => raw, [1], "must be text, a number or a boolean"],
  [(raw) => raw, null, "must be text, a number or a boolean"],
];

for (const [type, raw, reason] of REFUSED) {
  Deno.test(`convertValue() refuses ${JSON.stringify(raw)} as ${nameOf(type)}`, () => {
    assertThrows(
      () => convert({ type } as ConfigurableOptions, raw),
      ConfigurationValueError,
      `Cannot configure "setting" with ${JSON.stringify(raw)} from the command line: ${reason}`,
    );
  });
}

Deno.test("convertValue() applies type, then template, then mappings", () => {
  const options: ConfigurableOptions = {
    type: "integer",
    template: (value) => value + 1,
    mappings: [[1, "one"], [2, (value: number) => value * 100], [2, "never"]],
  };

  assertEquals(convert(options, "0"), "one");
  assertEquals(convert(options, "1"), 200);
  assertEquals(convert(options, "2"), 3);
});

Deno.test("convertValue() lets a template build objects", () => {
  const options: ConfigurableOptions = { type: "list", template: (urls) => urls.map((url) => new URL(url)) };

  const value = convert(options, "http://a/, http://b/") as URL[];

  assertEquals(value.map((url) => url.host), ["a", "b"]);
});

Deno.test("convertValue() accepts an untyped template with a type of its own", () => {
  const options: ConfigurableOptions = { template: (text: string) => text.split(" ") };

  assertEquals(convert(options, "a b"), ["a", "b"]);
});

Deno.test("convertValue() maps falsy values", () => {
  assertEquals(convert({ mappings: [["", false]] }, ""), false);
  assertStrictEquals(convert({ mappings: [[null, undefined]] }, null), undefined);
});

Deno.test("convertValue() keeps what a template threw as the cause", () => {
  const reason = new RangeError("no such level");
  const options: ConfigurableOptions = {
    template: () => {
      throw reason;
    },
  };

  const error = assertThrows(() => convert(options, "loud"), ConfigurationValueError, "no such level");

  assertStrictEquals(error.cause, reason);
});

Deno.test("convertValue() cuts a long value in its error", () => {
  const error = assertThrows(
    () => convert({ type: "integer" }, "x".repeat(1_000_000)),
    ConfigurationValueError,
  );

  assertEquals(error.message.length < 250, true);
});

Deno.test("convertValue() reports a value that JSON can not show", () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;

  assertThrows(() => convert({ type: "integer" }, circular), ConfigurationValueError, "with an object from");
  assertThrows(() => convert({ type: "integer" }, 5n), ConfigurationValueError, "with 5 from");
  assertThrows(() => convert({ type: "integer" }, NaN), ConfigurationValueError, "with NaN from");
});

Deno.test("convertValue() refuses a type that it does not know", () => {
  const options = { type: "int" } as unknown as ConfigurableOptions;

  assertThrows(
    () => convert(options, "5"),
    TypeError,
    'Cannot configure "setting": type "int" is none of string, number, integer, boolean, json, list',
  );
});

function convert(options: ConfigurableOptions, value: unknown, typed = false): unknown {
  return convertValue(new Configurable("setting", options), { value, source: "the command line", typed });
}

function nameOf(type: ConfigurableOptions["type"]): string {
  return typeof type === "function" ? `what ${type.name || "a function"} gives` : type ?? "no type";
}
