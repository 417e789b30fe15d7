/**
 * What the contract says of bodies: what JSON can carry arrives as it was.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { CaseDefinition } from "./contract_case.ts";

const BODIES: readonly (readonly [name: string, json: string])[] = [
  ["null", "null"],
  ["true", "true"],
  ["false", "false"],
  ["zero", "0"],
  ["numbers", "[0.1,-1.5e-7,1e308,-9007199254740991,9007199254740991]"],
  ["an empty string", '""'],
  ["text of all planes of Unicode", '"äß\u00a0€漢字\ud83d\ude00\u2028\u2029\ufeff\uffff"'],
  ["control characters", '"\\u0000\\u0001\\t\\r\\n\\u007f"'],
  ["quotes and backslashes", '"\\"\\\\/\\\\u0041"'],
  ["text that looks like JSON", '"{\\"a\\":1}"'],
  ["an empty array", "[]"],
  ["an empty object", "{}"],
  ["values in values", '{"a":[1,{"b":[[],{}]},null],"":""}'],
  ["a key __proto__", '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"toString":0}'],
  ["keys that are numbers", '{"2":"a","1":"b","10":"c"}'],
  ["an array of 10000 numbers", JSON.stringify(Array.from({ length: 10_000 }, (_, index) => index))],
  ["values 200 levels deep", `${"[".repeat(200)}${"]".repeat(200)}`],
  ["100 KB of text", JSON.stringify("0123456789".repeat(10_000))],
  ["100 KB of characters of four bytes", JSON.stringify("😀".repeat(25_000))],
];

/** The cases. All bodies in one, because each start of a transport takes its time. */
export const BODY_CASES: readonly CaseDefinition[] = [false, true].map((broadcast) => ({
  name: `the body of a ${broadcast ? "broadcast" : "group event"} may be whatever JSON can carry`,
  needs: [broadcast ? "broadcast" : "groups"],
  async play(stage) {
    const instance = await stage.start({ [stage.event]: { ordered: true } });

    for (const [, json] of BODIES) await instance.emit(stage.event, JSON.parse(json), { broadcast });
    await stage.until("all arrive", () => instance.received.length === BODIES.length);

    for (const [index, [name, json]] of BODIES.entries()) {
      assert.deepEqual(instance.bodies[index], JSON.parse(json), `${name} has arrived as something else`);
    }
    assert.equal((({}) as { polluted?: unknown }).polluted, undefined);
  },
}));
