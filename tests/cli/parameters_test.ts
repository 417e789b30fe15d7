import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { UsageError } from "../../src/cli/command.ts";
import { toPrettyJson } from "../../src/cli/json_text.ts";
import { readParameters } from "../../src/cli/parameters.ts";
import { createStyle } from "../../src/cli/style.ts";

const COLORED = createStyle({ choice: "always", isTerminal: false, env: () => undefined });
// deno-lint-ignore no-control-regex -- they are what a style adds
const COLORS = /\x1b\[\d+m/g;

const anyName = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("__proto__", "constructor", "a:b", "-"),
)
  .filter((name) => name !== "" && !name.includes("=") && !name.endsWith(":"));
const noInput = (): Promise<Uint8Array> => Promise.reject(new Error("asked for standard input"));

/** The value as it goes over the wire: `-0` is `0` there. */
function toWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

Deno.test("readParameters() reads what name:=json was written from", async () => {
  const anyParameters = fc.array(fc.tuple(anyName, fc.jsonValue()));
  await fc.assert(fc.asyncProperty(anyParameters, async (parameters) => {
    const params = await readParameters(
      parameters.map(([name, value]) => `${name}:=${JSON.stringify(value)}`),
      noInput,
    );

    assertEquals(toWire(params), toWire(Object.fromEntries(parameters)));
    assertEquals(Object.getPrototypeOf(params), Object.prototype);
  }));
});

Deno.test("readParameters() reads what name=text and =text were written from", async () => {
  await fc.assert(fc.asyncProperty(anyName, fc.string({ unit: "binary" }), async (name, text) => {
    assertEquals(await readParameters([`${name}=${text}`], noInput), Object.fromEntries([[name, text]]));
    assertEquals(await readParameters([`=${text}`], noInput), [text]);
  }));
});

Deno.test("readParameters() understands or refuses any words", async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.string({ unit: "binary" })), async (words) => {
    try {
      const params = await readParameters(words, () => Promise.resolve(new Uint8Array()));
      assertEquals(typeof params, "object");
    } catch (error) {
      assertEquals(error instanceof UsageError, true);
    }
  }));
});

Deno.test("toPrettyJson() is the same JSON, and so it is below the colours", () => {
  fc.assert(fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
    const plain = toPrettyJson(value);

    assertEquals(JSON.stringify(JSON.parse(plain.join("\n"))), JSON.stringify(value));
    assertEquals(toPrettyJson(value, COLORED).map((line) => line.replace(COLORS, "")), plain);
  }));
});
