/**
 * Whether a measured value stays where it is.
 *
 * @module
 */

/** A value and its time. */
export interface Point {
  /** When it was measured, in milliseconds. */
  readonly atMs: number;
  /** What was measured. */
  readonly value: number;
}

/** What {@linkcode measureTrend} finds. */
export interface Trend {
  /** The middle of the values of the second half. */
  readonly level: number;
  /** By how much the value grew over the second half, by its slope; negative when it fell. */
  readonly growth: number;
}

/**
 * Measures the trend of the second half of a run; in the first half caches fill and code is compiled.
 *
 * The slope is that of Theil and Sen, the median of the slopes between all pairs of points: up to 29 % of the points
 * may be far off, such as those taken while calls wait for a broker, and change little. First and last point, or
 * least squares, would hang on them.
 *
 * @param points The points, by their time.
 * @returns The trend; `undefined` when the second half has fewer than three points.
 */
export function measureTrend(points: readonly Point[]): Trend | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const middleMs = (first.atMs + last.atMs) / 2;
  const half = points.filter(({ atMs }) => atMs >= middleMs);
  if (half.length < 3) return undefined;
  const level = median(half.map(({ value }) => value));
  return { level, growth: slopePerMs(half) * (last.atMs - half[0]!.atMs) };
}

/**
 * The middle of some values.
 *
 * @param values At least one.
 * @returns The median.
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function slopePerMs(points: readonly Point[]): number {
  const slopes = points.flatMap((later, index) =>
    points.slice(0, index).filter(({ atMs }) => atMs < later.atMs)
      .map((earlier) => (later.value - earlier.value) / (later.atMs - earlier.atMs))
  );
  return slopes.length === 0 ? 0 : median(slopes);
}
