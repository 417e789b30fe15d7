/**
 * What a load came to, for people and for scripts.
 *
 * @module
 */
import { toErrorText } from "../exit_codes.ts";
import type { Style } from "../style.ts";
import { type Bucket, toHistogram, toPercentile } from "./histogram.ts";
import type { LoadRun } from "./load_run.ts";

const BAR_WIDTH = 40;
const PROGRESS_WIDTH = 30;
const PERCENTILES = [50, 90, 99] as const;

/**
 * Shows how far a load is.
 *
 * @param run The load.
 * @param style What bars are made of.
 * @returns One line.
 */
export function toProgress(run: LoadRun, { block }: Style): string {
  const done = Math.round(run.progress * PROGRESS_WIDTH);
  const bar = block.repeat(done) + "-".repeat(PROGRESS_WIDTH - done);
  const errors = run.failed === 0 ? "" : `, ${run.failed} failed`;
  const percent = Math.round(run.progress * 100);
  return `[${bar}] ${percent} %, ${run.calls} calls, ${Math.round(toRate(run))}/s${errors}`;
}

/**
 * Tells the figures of a load.
 *
 * @param run The load, which has ended.
 * @param style How it looks.
 * @returns Lines.
 */
export function toReport(run: LoadRun, style: Style): string[] {
  const { calls, failed, elapsedMs, isInterrupted } = run;
  const seconds = (elapsedMs / 1000).toFixed(2);
  const rate = style.paint("bold", `${toRate(run).toFixed(1)} calls/s`);
  return [
    `${calls} calls in ${seconds} s, ${run.plan.concurrency} at once: ${rate}${
      isInterrupted ? ", interrupted" : ""
    }`,
    ...toLatencyLines(run.latenciesMs, style),
    ...failed === 0 ? [] : [style.paint("red", `${failed} failed`)],
    ...run.failures.map(({ kind, count, example }) => `  ${count}  ${kind}, as in: ${toErrorText(example)}`),
  ];
}

/**
 * Puts the figures of a load into an object.
 *
 * @param run The load, which has ended.
 * @returns What JSON can carry.
 */
export function toReportObject(run: LoadRun): unknown {
  const sorted = run.latenciesMs;
  return {
    calls: run.calls,
    failed: run.failed,
    interrupted: run.isInterrupted,
    concurrency: run.plan.concurrency,
    seconds: round(run.elapsedMs / 1000),
    calls_per_second: round(toRate(run)),
    latency_ms: sorted.length === 0 ? null : {
      min: round(toPercentile(sorted, 0)),
      p50: round(toPercentile(sorted, 50)),
      p90: round(toPercentile(sorted, 90)),
      p99: round(toPercentile(sorted, 99)),
      max: round(toPercentile(sorted, 100)),
    },
    histogram: toHistogram(sorted).map(({ fromMs, toMs, count }) => ({
      from_ms: fromMs,
      // JSON has no Infinity.
      to_ms: toMs === Infinity ? null : toMs,
      count,
    })),
    errors: run.failures.map(({ kind, count, example }) => ({ kind, count, example: toErrorText(example) })),
  };
}

function toLatencyLines(sorted: Float64Array, style: Style): string[] {
  if (sorted.length === 0) return [];
  const figures = [
    ...PERCENTILES.map((percent) => `p${percent} ${toMs(toPercentile(sorted, percent))}`),
    `max ${toMs(toPercentile(sorted, 100))}`,
  ];
  return [`latency in ms: ${figures.join(", ")}`, "", ...toBars(toHistogram(sorted), style), ""];
}

function toBars(buckets: readonly Bucket[], { block, paint }: Style): string[] {
  const most = Math.max(...buckets.map(({ count }) => count));
  const labels = buckets.map(({ fromMs, toMs }) =>
    toMs === Infinity ? `over ${fromMs}` : `${fromMs} - ${toMs}`
  );
  const width = Math.max(...labels.map((label) => label.length));
  return buckets.map(({ count }, index) => {
    const length = Math.max(1, Math.round(count / most * BAR_WIDTH));
    return `  ${labels[index]?.padStart(width)} ms  ${paint("cyan", block.repeat(length))} ${count}`;
  });
}

function toRate({ calls, elapsedMs }: LoadRun): number {
  return elapsedMs > 0 ? calls * 1000 / elapsedMs : 0;
}

function toMs(ms: number): string {
  return ms.toFixed(2);
}

function round(value: number): number {
  return Number(value.toFixed(3));
}
