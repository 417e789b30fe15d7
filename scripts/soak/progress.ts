/**
 * Lines that say how a soak goes.
 *
 * @module
 */
import { join } from "node:path";
import { Ledger } from "../../tests/support/event_ledger.ts";
import type { Sample } from "./findings.ts";
import type { LoadCounts } from "./programs/load.ts";
import type { ResetCounts } from "./programs/resets.ts";
import { formatCount, formatMb } from "./report.ts";
import type { Sampler } from "./sampler.ts";
import type { Stage } from "./stage.ts";

/** Writes a line each time it is asked. */
export class Progress {
  readonly #stage: Stage;
  readonly #sampler: Sampler;
  #answered = 0;
  #atMs = 0;

  constructor(stage: Stage, sampler: Sampler) {
    this.#stage = stage;
    this.#sampler = sampler;
  }

  /** Begins to count: what was answered before is none of the rate. */
  async begin(): Promise<void> {
    this.#answered = sum(await this.#stage.load.ask<LoadCounts>("count"), "answered");
  }

  /**
   * Says how it goes.
   *
   * @param atMs How long the load has been on.
   * @param totalMs How long it lasts.
   */
  async describe(atMs: number, totalMs: number): Promise<string> {
    const { load, resets, services, ledgers } = this.#stage;
    const counts = await load.ask<LoadCounts>("count");
    const { made } = await resets.ask<ResetCounts>("count");
    const answered = sum(counts, "answered");
    const rate = (answered - this.#answered) / (atMs - this.#atMs) * 1000;
    [this.#answered, this.#atMs] = [answered, atMs];
    const [emitted, handled] = ["emitted", "handled"].map((name) => Ledger.size(join(ledgers, name)));
    return [
      `${formatTime(atMs)} of ${formatTime(totalMs)}: ${formatCount(rate)} calls/s`,
      `${formatCount(answered)} answered, ${
        formatCount(sum(counts, "failed"))
      } failed, ${counts.inFlight} under way`,
      `${formatCount(emitted!)} events emitted, ${formatCount(handled!)} handled`,
      `${formatCount(made)} resets`,
      ...services.map(({ process }) => `${process.name} ${describeSample(this.#sampler.of(process).at(-1))}`),
    ].join("; ");
  }
}

function describeSample(sample: Sample | undefined): string {
  if (sample === undefined) return "unknown";
  const { heapBytes, rssBytes, descriptors, lateMs } = sample;
  return `${formatMb(heapBytes)} of ${formatMb(rssBytes)}, ${descriptors} descriptors, ${lateMs} ms late`;
}

function sum({ kinds }: LoadCounts, what: "answered" | "failed"): number {
  return Object.values(kinds).reduce((total, counts) => total + counts[what], 0);
}

function formatTime(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
