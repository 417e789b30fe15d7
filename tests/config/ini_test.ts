import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parseIni } from "../../src/config/ini.ts";

function toObject(text: string): Record<string, [string, string][]> {
  return Object.fromEntries([...parseIni(text)].map(([name, section]) => [name, [...section]]));
}

const UNDERSTOOD: [name: string, text: string, expected: Record<string, [string, string][]>][] = [
  ["an empty text", "", { "": [] }],
  ["comments and empty lines", "; a = 1\n\n  # b = 2\n", { "": [] }],
  ["blanks around everything", "  a  =  b c  ", { "": [["a", "b c"]] }],
  ["CR LF", "a=1\r\nb=2\r\n", { "": [["a", "1"], ["b", "2"]] }],
  ["a value with = ; and #", "a = b=c ; d # e", { "": [["a", "b=c ; d # e"]] }],
  ["an empty value", "a =", { "": [["a", ""]] }],
  ["double quotes", 'a = " \\"b\\"\\n\\u00e9 "', { "": [["a", ' "b"\né ']] }],
  ["single quotes", "a = ' \\n\" '", { "": [["a", ' \\n" ']] }],
  ["a quote inside", "a = it's", { "": [["a", "it's"]] }],
  ["sections", "a=1\n[ one ]\na=2\n[two]\n[one]\nb=3", {
    "": [["a", "1"]],
    one: [["a", "2"], ["b", "3"]],
    two: [],
  }],
  ["a repeated key", "a=1\na=2", { "": [["a", "2"]] }],
];

for (const [name, text, expected] of UNDERSTOOD) {
  Deno.test(`parseIni() understands ${name}`, () => {
    assertEquals(toObject(text), expected);
  });
}

const REFUSED: [text: string, reason: string][] = [
  ["a", "line 1 must be key = value"],
  ["= 1", "line 1 must be key = value"],
  ["a=1\n[b", "line 2 must be [name] to begin a section"],
  ["[]", "line 1 must be [name] to begin a section"],
  ["[", "line 1 must be [name] to begin a section"],
  ["[ ]", "line 1 must be [name] to begin a section"],
  ['a = "b', "line 1 must hold one string in double quotes, as in JSON"],
  ['a = "b" ; c', "line 1 must hold one string in double quotes, as in JSON"],
  ["a = 'b", "line 1 must hold one string in single quotes"],
  ["a = '", "line 1 must hold one string in single quotes"],
  ["a = 'b'c'", "line 1 must hold one string in single quotes"],
];

for (const [text, reason] of REFUSED) {
  Deno.test(`parseIni() refuses ${JSON.stringify(text)}`, () => {
    assertThrows(() => parseIni(text), SyntaxError, reason);
  });
}

Deno.test("parseIni() keeps keys and sections named like members of every object", () => {
  const sections = parseIni("__proto__ = 1\n[__proto__]\nconstructor = 2");

  assertEquals(sections.get("")?.get("__proto__"), "1");
  assertEquals(sections.get("__proto__")?.get("constructor"), "2");
  assertEquals(sections.get("constructor"), undefined);
});

Deno.test("parseIni() answers any text with sections or SyntaxError", () => {
  const line = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.constantFrom("[a]", 'a="', "a='", "[", "="),
  );

  fc.assert(fc.property(fc.array(line), (lines) => {
    try {
      parseIni(lines.join("\n"));
    } catch (error) {
      assert(error instanceof SyntaxError);
    }
  }));
});

Deno.test("parseIni() reads back any value in double quotes", () => {
  const key = fc.stringMatching(/^[a-z_]+$/);
  const sections = fc.uniqueArray(
    fc.tuple(key, fc.dictionary(key, fc.string({ unit: "binary" }), { noNullPrototype: true })),
    {
      selector: ([name]) => name,
    },
  );

  fc.assert(fc.property(sections, (written) => {
    const text = written.map(([name, values]) =>
      [`[${name}]`, ...Object.entries(values).map((pair) => `${pair[0]} = ${JSON.stringify(pair[1])}`)].join(
        "\n",
      )
    ).join("\n");

    const expected = new Map(written.map(([name, values]) => [name, new Map(Object.entries(values))]));

    assertEquals(parseIni(text), new Map([["", new Map<string, string>()], ...expected]));
  }));
});
