/**
 * Whether a process stays as large as it is.
 *
 * @module
 */
import type { ProcessFindings, Sample } from "./findings.ts";
import { atLeast, atMost, type Figure, formatMb } from "./report.ts";
import { measureTrend } from "./trend.ts";

const MB = 2 ** 20;
/**
 * By how much memory may grow in the second half of a run. The heap is measured after a collection of garbage, so
 * that what grows is kept by somebody. The noise is compiled code, the calls under way, and the ids of the last 10,000
 * events of each handler, which are remembered and forgotten by the half: some 0.7 MB. In half of 30 minutes at 500
 * calls a second an instance takes 200,000 calls, and more than 200 of its connections are reset: what keeps 11 bytes
 * of each call, or 10 KB of each reset, is found. The resident set has the arenas of the allocators in it, too.
 */
const HEAP_GROWTH = { share: 0.05, leastBytes: 2 * MB };
const RSS_GROWTH = { share: 0.1, leastBytes: 16 * MB };
/** The periodic task runs each second; a run that is late may make the next one be skipped. */
const LEAST_BEATS = 0.95;

/** Judges one process. */
export function judgeProcess(findings: ProcessFindings): Figure[] {
  const { name, samples, atRest, pooled, exitCode, errors } = findings;
  return [
    judgeGrowth(`${name}: heap`, samples.map(({ atMs, heapBytes: value }) => ({ atMs, value })), HEAP_GROWTH),
    judgeGrowth(
      `${name}: resident`,
      samples.map(({ atMs, rssBytes: value }) => ({ atMs, value })),
      RSS_GROWTH,
    ),
    {
      what: `${name}: descriptors at rest`,
      value: `${atRest.before}, then ${atRest.after}`,
      bound: `at most ${pooled} more`,
      isMet: atRest.after <= atRest.before + pooled,
    },
    { what: `${name}: most descriptors`, value: String(Math.max(...samples.map((one) => one.descriptors))) },
    { what: `${name}: latest event loop, ms`, value: String(Math.max(...samples.map((one) => one.lateMs))) },
    ...judgeBeats(name, samples),
    atMost(`${name}: errors logged`, errors, { most: 0 }),
    { what: `${name}: exit code`, value: String(exitCode), bound: "0", isMet: exitCode === 0 },
  ];
}

function judgeGrowth(
  what: string,
  points: readonly { readonly atMs: number; readonly value: number }[],
  { share, leastBytes }: { readonly share: number; readonly leastBytes: number },
): Figure {
  const trend = measureTrend(points);
  if (trend === undefined) return { what, value: "too few samples", bound: "samples", isMet: false };
  const { level, growth } = trend;
  const sign = growth < 0 ? "-" : "+";
  return {
    what,
    value: `${formatMb(level)} ${sign}${formatMb(Math.abs(growth))}`,
    bound: `+${share * 100} % or +${formatMb(leastBytes)}`,
    isMet: growth <= Math.max(share * level, leastBytes),
  };
}

/** Those of services alone have a periodic task. */
function judgeBeats(name: string, samples: readonly Sample[]): Figure[] {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || !("beats" in first) || !("beats" in last)) return [];
  const due = Math.floor((last.atMs - first.atMs) / 1000);
  return [
    atLeast(`${name}: runs of the periodic task`, last.beats - first.beats, { least: LEAST_BEATS * due }),
    { what: `${name}: longest pause between two, ms`, value: String(last.longestPauseMs) },
  ];
}
