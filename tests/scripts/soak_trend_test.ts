import { assertAlmostEquals, assertEquals } from "@std/assert";
import { measureTrend, median, type Point } from "../../scripts/soak/trend.ts";

function toPoints(values: readonly number[]): Point[] {
  return values.map((value, index) => ({ atMs: index * 1000, value }));
}

Deno.test("median() is the middle, or the mean of the two in the middle", () => {
  assertEquals([median([3, 1, 2]), median([4, 1, 3, 2]), median([7])], [2, 2.5, 7]);
});

Deno.test("measureTrend() finds a steady growth, and counts it over the second half", () => {
  const points = toPoints(Array.from({ length: 61 }, (_none, index) => 100 + 2 * index));

  const trend = measureTrend(points)!;

  assertAlmostEquals(trend.growth, 60);
  assertEquals(trend.level, 190);
});

Deno.test("measureTrend() takes no notice of the first half", () => {
  const points = toPoints(Array.from({ length: 61 }, (_none, index) => index < 30 ? index * 1000 : 50));

  assertEquals(measureTrend(points), { level: 50, growth: 0 });
});

Deno.test("measureTrend() is not misled by a quarter of points far off, at either end", () => {
  for (const isOutlier of [(index: number) => index >= 53, (index: number) => index >= 30 && index < 37]) {
    const points = toPoints(Array.from({ length: 61 }, (_none, index) => isOutlier(index) ? 9000 : 50));

    assertEquals(measureTrend(points)!.growth, 0);
  }
});

Deno.test("measureTrend() sees a leak through noise that is larger than what leaks between two points", () => {
  const noise = [0, 40, -30, 20, -40, 10, 30, -20];
  const points = toPoints(
    Array.from({ length: 180 }, (_none, index) => 1000 + 3 * index + noise[index % noise.length]!),
  );

  assertAlmostEquals(measureTrend(points)!.growth, 3 * 89, 15);
});

Deno.test("measureTrend() falls when memory is given back", () => {
  assertEquals(measureTrend(toPoints([9, 9, 9, 8, 7, 6, 5]))!.growth, -3);
});

for (const count of [0, 1, 4]) {
  Deno.test(`measureTrend() tells nothing of ${count} points`, () => {
    assertEquals(measureTrend(toPoints(Array(count).fill(1))), undefined);
  });
}
