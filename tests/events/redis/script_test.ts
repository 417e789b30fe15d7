import { assertEquals } from "@std/assert";
import { isTransient, readReplyCode } from "../../../src/events/redis/script.ts";

const CODES: readonly (readonly [text: unknown, code: string | undefined])[] = [
  [new Error("WRONGTYPE Operation against a key holding the wrong kind of value"), "WRONGTYPE"],
  [new Error("WRONGTYPE Operation … script: abc, on @user_script:1."), "WRONGTYPE"],
  [new Error("ERR unknown command"), "ERR"],
  [new Error("LOADING"), "LOADING"],
  [
    new Error("ERR Error running script (call to f_ab): @user_script:3: WRONGTYPE Operation against"),
    "WRONGTYPE",
  ],
  [
    new Error("ERR Error running script (call to f_ab): @user_script:3: user_script:3: attempt to index"),
    "ERR",
  ],
  [new Error("Socket closed unexpectedly"), undefined],
  [new Error("read ECONNRESET"), undefined],
  [new Error("The client is closed"), undefined],
  [new Error(""), undefined],
  ["WRONGTYPE", undefined],
  [undefined, undefined],
];

for (const [text, code] of CODES) {
  Deno.test(`readReplyCode() reads ${code} of ${String(text)}`, () => {
    assertEquals(readReplyCode(text), code);
  });
}

Deno.test("isTransient() tells what may go away from what does not", () => {
  assertEquals(["LOADING", "READONLY", "MASTERDOWN"].map(isTransient), [true, true, true]);
  assertEquals(["ERR", "OOM", "WRONGTYPE", undefined, "__proto__"].map(isTransient), [
    false,
    false,
    false,
    false,
    false,
  ]);
});
