import { assertEquals, assertLess, assertThrows } from "@std/assert";
import { assert as assertProperty, constantFrom, property, string } from "fast-check";
import { NamePattern } from "@gemstone/gemstone/discovery";

// What fnmatch.fnmatchcase of Python 3.11 says.
for (
  const [pattern, name, isMatch] of [
    ["", "", true],
    ["", "a", false],
    ["a", "a", true],
    ["a", "A", false],
    ["a", "ab", false],
    ["*", "", true],
    ["*", "a.b.c", true],
    ["workers.*", "workers.", true],
    ["workers.*", "workers.image.small", true],
    ["workers.*", "workers", false],
    ["*.small", "workers.image.small", true],
    ["*a*a*", "banana", true],
    ["*a*b", "banana", false],
    ["***", "x", true],
    ["svc.?", "svc.a", true],
    ["svc.?", "svc.", false],
    ["svc.?", "svc.ab", false],
    ["?", "\n", true],
    ["?", "\u{1F600}", true],
    ["??", "\u{1F600}", false],
    ["svc.[ab]", "svc.a", true],
    ["svc.[ab]", "svc.c", false],
    ["svc.[!ab]", "svc.c", true],
    ["svc.[!ab]", "svc.a", false],
    ["svc.[!ab]", "svc.", false],
    ["[a-c]", "b", true],
    ["[a-c]", "d", false],
    ["[a-c-e]", "-", true],
    ["[a-c-e]", "e", true],
    ["[a-c-e]", "d", false],
    ["[a-c-e-g]", "f", true],
    ["[-a]", "-", true],
    ["[a-]", "-", true],
    ["[--/]", ".", true],
    ["[z-a]", "m", false],
    ["[z-ab]", "b", true],
    ["[!z-a]", "m", true],
    ["[]]", "]", true],
    ["[]a]", "a", true],
    ["[!]]", "]", false],
    ["[!]]", "a", true],
    ["[", "[", true],
    ["[a", "[a", true],
    ["[a", "a", false],
    ["[]", "[]", true],
    ["[!]", "[!]", true],
    ["x[*", "x[yz", true],
    ["[*]", "*", true],
    ["[*]", "x", false],
    ["[?]", "?", true],
    ["[!!]", "!", false],
    ["[!!]", "a", true],
    ["[a!]", "!", true],
    ["[^a]", "a", true],
    ["[^a]", "^", true],
    ["[^a]", "b", false],
    ["[\\]", "\\", true],
    ["\\a", "\\a", true],
    ["a.b", "axb", false],
    ["(a|b)+$", "(a|b)+$", true],
    ["[\u{1F600}-\u{1F60F}]", "\u{1F605}", true],
    ["__proto__", "__proto__", true],
  ] as readonly (readonly [string, string, boolean])[]
) {
  Deno.test(`NamePattern ${JSON.stringify(pattern)} ${isMatch ? "matches" : "does not match"} ${JSON.stringify(name)}`, () => {
    assertEquals(new NamePattern(pattern).matches(name), isMatch);
  });
}

Deno.test("NamePattern says what is certain of a name", () => {
  const parts = (pattern: string) => {
    const { literal, prefix } = new NamePattern(pattern);
    return [literal, prefix];
  };

  assertEquals(parts("svc.a"), ["svc.a", "svc.a"]);
  assertEquals(parts("svc.*.x"), [undefined, "svc."]);
  assertEquals(parts("svc[x"), ["svc[x", "svc[x"]);
  assertEquals(parts("[a]b"), [undefined, ""]);
  assertEquals(parts(""), ["", ""]);
});

/** The rules as they are written down, without any care for time. */
function matchesSlowly(pattern: readonly string[], name: readonly string[]): boolean {
  const [head, ...rest] = pattern;
  if (head === undefined) return name.length === 0;
  if (head === "*") {
    return matchesSlowly(rest, name) || (name.length > 0 && matchesSlowly(pattern, name.slice(1)));
  }
  const [character, ...others] = name;
  if (character === undefined) return false;
  if (head === "?") return matchesSlowly(rest, others);
  const close = head === "[" ? rest.indexOf("]", rest[0] === "!" ? 2 : 1) : -1;
  if (close === -1) return head === character && matchesSlowly(rest, others);
  return isInSet(rest.slice(0, close), character) && matchesSlowly(rest.slice(close + 1), others);
}

function isInSet(set: readonly string[], character: string): boolean {
  return set[0] === "!" ? !hasMember(set.slice(1), character) : hasMember(set, character);
}

function hasMember(set: readonly string[], character: string): boolean {
  const [from, dash, to] = set;
  if (from === undefined) return false;
  const isRange = dash === "-" && to !== undefined;
  const isHit = isRange ? from <= character && character <= to : from === character;
  return isHit || hasMember(set.slice(isRange ? 3 : 1), character);
}

Deno.test("NamePattern matches as the rules say, whatever the pattern", () => {
  const texts = string({ unit: constantFrom(..."ab.-!*?[]"), maxLength: 9 });
  assertProperty(
    property(texts, texts, (pattern, name) => {
      const isMatch = matchesSlowly([...pattern], [...name]);
      assertEquals(new NamePattern(pattern).matches(name), isMatch);
      // More places than one number has.
      assertEquals(new NamePattern("?".repeat(40) + pattern).matches("x".repeat(40) + name), isMatch);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("NamePattern matches each name with itself when nothing in it is special", () => {
  const names = string({ unit: "grapheme", maxLength: 20 }).filter((name) => !/[*?[]/.test(name));
  assertProperty(property(names, (name) => {
    assertEquals(new NamePattern(name).matches(name), true);
    assertEquals(new NamePattern(`${name}*`).matches(`${name}.x`), true);
    assertEquals(new NamePattern(`?${name}`).matches(`\u{1F600}${name}`), true);
  }));
});

Deno.test("NamePattern takes time in proportion to the name, however evil the pattern", () => {
  const pattern = new NamePattern("*a".repeat(127) + "*b");
  const name = "a".repeat(1_000_000);
  const begin = performance.now();

  assertEquals(pattern.matches(name), false);

  // What tries all ways needs more than the age of the universe.
  assertLess(performance.now() - begin, 5_000);
});

for (const count of [30, 31, 32, 33, 63, 64]) {
  Deno.test(`NamePattern has ${count} tests of characters`, () => {
    const [begin, middle, end] = [`*${"?".repeat(count)}`, "x*".repeat(count), `${"?".repeat(count)}*`];
    for (
      const [length, isMatch] of [[count - 1, false], [count, true], [count + 1, true], [
        count + 40,
        true,
      ]] as const
    ) {
      for (const pattern of [begin, middle, end]) {
        assertEquals(new NamePattern(pattern).matches("x".repeat(length)), isMatch, `${pattern}, ${length}`);
      }
    }
    assertEquals(new NamePattern("?".repeat(count)).matches("x".repeat(count + 1)), false);
    assertEquals(new NamePattern(middle).matches(`${"x".repeat(count - 1)}y`), false);
  });
}

Deno.test("NamePattern keeps more than 32 places apart", () => {
  const pattern = new NamePattern("?".repeat(100) + "*" + "x".repeat(80));

  assertEquals(pattern.matches("y".repeat(100) + "x".repeat(80)), true);
  assertEquals(pattern.matches("y".repeat(100) + "x".repeat(200)), true);
  assertEquals(pattern.matches("y".repeat(99) + "x".repeat(80)), false);
  assertEquals(pattern.matches("y".repeat(101) + "x".repeat(79)), false);
});

Deno.test("NamePattern knows more characters than it keeps", () => {
  const pattern = new NamePattern("[!a]*z");
  const name = Array.from({ length: 5000 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join("");

  assertEquals(pattern.matches(name), false);
  assertEquals(pattern.matches(`${name}z`), true);
});

Deno.test("NamePattern refuses what is too long or no text", () => {
  new NamePattern("x".repeat(256));
  assertThrows(() => new NamePattern("x".repeat(257)), RangeError, "Cannot use a pattern of 257 characters");
  for (const wrong of [undefined, null, 5, {}, ["a"]]) {
    assertThrows(() => new NamePattern(wrong as unknown as string), TypeError, "as a pattern: give text");
  }
});
