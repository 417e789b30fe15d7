import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { toHistogram, toPercentile } from "../../../src/cli/bench/histogram.ts";

const anyLatencies = fc.array(fc.double({ min: 0, max: 1e12, noNaN: true }), { minLength: 1 })
  .map((values) => Float64Array.from(values).sort());

Deno.test("toHistogram() counts between round limits, and leaves empty buckets out", () => {
  const histogram = toHistogram(Float64Array.of(0, 0.01, 0.15, 0.199, 1, 1.49, 1.5, 700, 1e12));

  assertEquals(histogram, [
    { fromMs: 0, toMs: 0.01, count: 1 },
    { fromMs: 0.01, toMs: 0.015, count: 1 },
    { fromMs: 0.15, toMs: 0.2, count: 2 },
    { fromMs: 1, toMs: 1.5, count: 2 },
    { fromMs: 1.5, toMs: 2, count: 1 },
    { fromMs: 700, toMs: 1000, count: 1 },
    { fromMs: 70_000_000, toMs: Infinity, count: 1 },
  ]);
  assertEquals(toHistogram(new Float64Array()), []);
});

Deno.test("toHistogram() counts each latency once, in a bucket that it fits", () => {
  fc.assert(fc.property(anyLatencies, (sorted) => {
    const buckets = toHistogram(sorted);

    assertEquals(buckets.reduce((sum, { count }) => sum + count, 0), sorted.length);
    for (const { fromMs, toMs, count } of buckets) {
      assertEquals(sorted.filter((ms) => ms >= fromMs && ms < toMs).length, count);
    }
  }));
});

Deno.test("toPercentile() is the nearest rank", () => {
  const sorted = Float64Array.from({ length: 200 }, (_, index) => index + 1);

  assertEquals([0, 50, 90, 99, 99.9, 100].map((percent) => toPercentile(sorted, percent)), [
    1,
    100,
    180,
    198,
    200,
    200,
  ]);
  assertEquals([0, 50, 100].map((percent) => toPercentile(Float64Array.of(7), percent)), [7, 7, 7]);
});

Deno.test("toPercentile() does not fall", () => {
  const percents = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }));
  fc.assert(fc.property(anyLatencies, percents, (sorted, [a, b]) => {
    const [low, high] = [toPercentile(sorted, Math.min(a, b)), toPercentile(sorted, Math.max(a, b))];

    assertEquals(low <= high, true);
  }));
});
