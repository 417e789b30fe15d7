import { assertEquals } from "@std/assert";
import { ManualClock } from "@gemstone/gemstone/testing";
import { Refusals } from "../../src/discovery/refusals.ts";

const A = "http://a.test/api";

Deno.test("Refusals leave out an instance that answers late to a call from before", () => {
  const refusals = new Refusals(new ManualClock());
  refusals.add(A);

  refusals.answered(A);

  assertEquals(refusals.since(A) === undefined, false);
});

Deno.test("Refusals take back an instance that answers the call that tried it", () => {
  const refusals = new Refusals(new ManualClock());
  refusals.add(A);

  refusals.tries(A);
  refusals.answered(A);

  assertEquals([refusals.since(A), refusals.isEmpty], [undefined, true]);
});

Deno.test("Refusals say since when an instance is left out", async () => {
  const clock = new ManualClock();
  const refusals = new Refusals(clock);
  const begin = clock.elapsed();
  refusals.add(A);

  await clock.advance(4_999);
  assertEquals(refusals.since(A), begin);
  await clock.advance(1);
  assertEquals(refusals.since(A), undefined);
  refusals.add(A);
  await clock.advance(9_999);
  assertEquals(refusals.since(A), begin);
  await clock.advance(1);
  assertEquals(refusals.since(A), undefined);
});

Deno.test("Refusals know nothing of instances that nobody told of", () => {
  const refusals = new Refusals(new ManualClock());

  refusals.tries(A);
  refusals.answered(A);
  refusals.forget(A);

  assertEquals([refusals.isEmpty, refusals.since("__proto__")], [true, undefined]);
});

Deno.test("Refusals are bounded", () => {
  const refusals = new Refusals(new ManualClock());

  for (let count = 0; count < 10_001; count++) refusals.add(`http://${count}.test/`);

  assertEquals(refusals.since("http://0.test/"), undefined);
  assertEquals(refusals.since("http://10000.test/") === undefined, false);
});
