/**
 * How latencies are spread.
 *
 * @module
 */

/** The latencies between two limits. */
export interface Bucket {
  /** The lower limit, in milliseconds, which belongs to it. */
  readonly fromMs: number;
  /** The upper limit, in milliseconds, which does not. */
  readonly toMs: number;
  /** How many latencies it holds; never 0. */
  readonly count: number;
}

/** The limits in each power of ten: about the same ratio from one to the next. */
const STEPS = [1, 1.5, 2, 3, 5, 7] as const;
/** 10 microseconds; whatever is shorter is in the first bucket. */
const FIRST_EXPONENT = -2;
const LIMITS: readonly number[] = [
  0,
  ...Array.from({ length: 10 }, (_, index) => FIRST_EXPONENT + index).flatMap((exponent) =>
    // 0.15 and not 0.15000000000000002.
    STEPS.map((step) => Number(`${step}e${exponent}`))
  ),
  Infinity,
];

/**
 * Counts latencies in buckets.
 *
 * @param sortedMs The latencies in milliseconds, the shortest first.
 * @returns The buckets that are not empty, the shortest first.
 */
export function toHistogram(sortedMs: Float64Array): readonly Bucket[] {
  const buckets: Bucket[] = [];
  let index = 0;
  for (let limit = 1; limit < LIMITS.length && index < sortedMs.length; limit++) {
    const [fromMs, toMs] = [LIMITS[limit - 1] ?? 0, LIMITS[limit] ?? Infinity];
    const begin = index;
    while (index < sortedMs.length && (sortedMs[index] ?? 0) < toMs) index++;
    if (index > begin) buckets.push({ fromMs, toMs, count: index - begin });
  }
  return buckets;
}

/**
 * Finds a percentile, by the nearest rank.
 *
 * @param sortedMs The latencies in milliseconds, the shortest first; at least one.
 * @param percent From 0 to 100.
 * @returns The latency that so many percent of them do not exceed.
 */
export function toPercentile(sortedMs: Float64Array, percent: number): number {
  const rank = Math.max(1, Math.ceil(sortedMs.length * percent / 100));
  return sortedMs[rank - 1] ?? NaN;
}
