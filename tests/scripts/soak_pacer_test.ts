import { assertEquals, assertThrows } from "@std/assert";
import { CALL_KINDS, kindAt } from "../../scripts/soak/mix.ts";
import { Pacer } from "../../scripts/soak/pacer.ts";

Deno.test("Pacer.take() gives what has become due since it was asked last", () => {
  const pacer = new Pacer(500, 1000);

  const counts = [1000, 1001, 1002, 1005, 1005, 1012].map((nowMs) => pacer.take(nowMs));

  assertEquals(counts, [0, 0, 1, 1, 0, 4]);
});

Deno.test("Pacer.take() keeps the pace over a pause, and over many small steps", () => {
  const [late, often] = [new Pacer(333, 0), new Pacer(333, 0)];

  let sum = 0;
  for (let nowMs = 0; nowMs <= 10_000; nowMs += 3.7) sum += often.take(nowMs);
  sum += often.take(10_000);

  assertEquals([late.take(10_000), sum], [3330, 3330]);
});

Deno.test("Pacer.take() gives nothing when the clock goes back, and nothing twice", () => {
  const pacer = new Pacer(1000, 0);
  pacer.take(10);

  assertEquals([pacer.take(5), pacer.take(10), pacer.take(11)], [0, 0, 1]);
});

for (const perSecond of [0, -1, NaN, Infinity]) {
  Deno.test(`Pacer refuses ${perSecond} a second`, () => {
    assertThrows(() => new Pacer(perSecond, 0), RangeError, `got ${perSecond}`);
  });
}

Deno.test("kindAt() mixes 70 % hello, 15 % take, 10 % order and 5 % relay, in each twenty calls", () => {
  for (const from of [0, 20, 1_000_000]) {
    const kinds = Array.from({ length: 20 }, (_none, index) => kindAt(from + index));

    const counts = CALL_KINDS.map((kind) => kinds.filter((one) => one === kind).length);

    assertEquals(counts, [14, 3, 2, 1]);
  }
});
