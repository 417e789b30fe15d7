import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Fifo } from "../../src/events/fifo.ts";

Deno.test("Fifo.shift() gives items in the order of push() and unshift(), undefined when there is none", () => {
  const fifo = new Fifo<string>();

  fifo.push("c");
  fifo.push("d");
  fifo.unshift(["a", "b"]);
  const taken = [fifo.shift(), fifo.shift(), fifo.shift(), fifo.shift(), fifo.shift()];

  assertEquals(taken, ["a", "b", "c", "d", undefined]);
  assertEquals(fifo.length, 0);
});

Deno.test("Fifo behaves as an array does, whatever is done to it", () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ push: fc.array(fc.nat(), { maxLength: 80 }) }) },
    { weight: 5, arbitrary: fc.record({ shift: fc.nat({ max: 80 }) }) },
    { weight: 1, arbitrary: fc.record({ unshift: fc.array(fc.nat(), { maxLength: 5 }) }) },
    { weight: 1, arbitrary: fc.constant({ takeAll: true }) },
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
    const fifo = new Fifo<number>();
    const model: number[] = [];
    for (const one of steps) {
      if ("push" in one) {
        for (const item of one.push) fifo.push(item);
        model.push(...one.push);
      } else if ("unshift" in one) {
        fifo.unshift(one.unshift);
        model.unshift(...one.unshift);
      } else if ("shift" in one) {
        for (let count = 0; count < one.shift; count++) assertEquals(fifo.shift(), model.shift());
      } else {
        assertEquals(fifo.takeAll(), model.splice(0));
      }
      assertEquals(fifo.length, model.length);
      assertEquals(fifo.peek(), model[0]);
    }
    assertEquals(fifo.takeAll(), model);
  }));
});

Deno.test("Fifo.shift() costs the same however long the queue is", () => {
  const fifo = new Fifo<number>();
  for (let item = 0; item < 200_000; item++) fifo.push(item);

  // With Array.shift, which moves what is left, this takes minutes.
  for (let item = 0; item < 200_000; item++) {
    if (fifo.shift() !== item) throw new Error(`Item ${item} is missing`);
    fifo.push(item + 200_000);
  }

  assertEquals(fifo.length, 200_000);
});
