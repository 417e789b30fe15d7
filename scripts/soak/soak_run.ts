/**
 * A soak on one runtime: the phases that its processes go through.
 *
 * @module
 */
import { pause } from "../../tests/support/wait_until.ts";
import { FaultDriver } from "./fault_driver.ts";
import { planResets, RESETS } from "./fault_plan.ts";
import type { SoakFindings } from "./findings.ts";
import type { LoadCounts } from "./programs/load.ts";
import type { ResetCounts, ResetOrder } from "./programs/resets.ts";
import { Progress } from "./progress.ts";
import { countDescriptors, Sampler } from "./sampler.ts";
import { endProcesses, settleLedgers } from "./soak_end.ts";
import type { Stage } from "./stage.ts";

/** What a run needs. */
export interface SoakRunOptions {
  /** How long the load lasts, in milliseconds. */
  readonly totalMs: number;
  /** Takes lines that say how it goes. */
  readonly say: (line: string) => void;
}

/** Full speed is measured in rounds, until one is hardly faster than the best before: code is compiled meanwhile. */
const ROUND = { share: 0.02, leastMs: 2000, mostMs: 10_000 };
const LEAST_ROUNDS = 4;
const MOST_ROUNDS = 10;
const HARDLY_FASTER = 1.1;
/** So often in a run, or more often. */
const SAMPLES = { perRun: 60, mostMs: 10_000 };
const PROGRESS = { perRun: 6, mostMs: 60_000 };
/** What is under way waits for a broker no longer than that. */
const CALLS_LIMIT_MS = 150_000;
/** One run. */
export class SoakRun {
  readonly #stage: Stage;
  readonly #options: SoakRunOptions;
  readonly #sampler: Sampler;

  /**
   * Takes what runs.
   *
   * @param stage The processes; they can not be used again.
   * @param options How long, and where it tells of it.
   */
  constructor(stage: Stage, options: SoakRunOptions) {
    this.#stage = stage;
    this.#options = options;
    const services = stage.services.map(({ process }) => process);
    // The first registry is killed on the way.
    this.#sampler = new Sampler([...services, stage.registries[1]!.process, stage.load]);
  }

  /** Goes through all phases. */
  async run(): Promise<SoakFindings> {
    const { load, resets } = this.#stage;
    const before = await countDescriptors(this.#sampler.processes);
    const fullSpeed = await this.#measureFullSpeed();
    const perSecond = fullSpeed / 2;
    this.#options.say(`full speed: ${Math.round(fullSpeed)} calls/s; load: ${Math.round(perSecond)} calls/s`);
    const { faults, elapsedMs } = await this.#soak(perSecond);
    const counts = await load.ask<LoadCounts>("end", undefined, CALLS_LIMIT_MS);
    const resetCounts = await resets.ask<ResetCounts>("count");
    const ledgers = await settleLedgers(this.#stage.ledgers);
    const processes = await endProcesses(this.#stage, this.#sampler, before);
    return { fullSpeed, perSecond, elapsedMs, load: counts, resets: resetCounts, ledgers, faults, processes };
  }

  async #measureFullSpeed(): Promise<number> {
    const forMs = Math.min(Math.max(ROUND.share * this.#options.totalMs, ROUND.leastMs), ROUND.mostMs);
    let best = 0;
    for (let round = 1; round <= MOST_ROUNDS; round++) {
      const speed = await this.#stage.load.ask<number>("measure", forMs, CALLS_LIMIT_MS);
      const isMuchFaster = speed > HARDLY_FASTER * best;
      best = Math.max(best, speed);
      if (round >= LEAST_ROUNDS && !isMuchFaster) break;
    }
    return best;
  }

  /** The load, and all that happens meanwhile. */
  async #soak(perSecond: number): Promise<Pick<SoakFindings, "faults" | "elapsedMs">> {
    const { totalMs, say } = this.#options;
    const progress = new Progress(this.#stage, this.#sampler);
    await progress.begin();
    const startedMs = performance.now();
    const elapsedMs = (): number => performance.now() - startedMs;
    await this.#stage.load.ask("begin", perSecond);
    const faults = new FaultDriver(this.#stage, (name) => say(`${name} ...`));
    await Promise.all([
      faults.run(totalMs, elapsedMs),
      this.#beginResets(),
      repeat(
        Math.min(SAMPLES.mostMs, totalMs / SAMPLES.perRun),
        { totalMs, elapsedMs },
        () => this.#sampler.take(elapsedMs()),
      ),
      repeat(
        Math.min(PROGRESS.mostMs, totalMs / PROGRESS.perRun),
        { totalMs, elapsedMs },
        async () => say(await progress.describe(elapsedMs(), totalMs)),
      ),
    ]);
    return { faults: faults.findings, elapsedMs: elapsedMs() };
  }

  async #beginResets(): Promise<void> {
    const { fromMs, forMs } = planResets(this.#options.totalMs);
    const { resets, services, registries } = this.#stage;
    const urlsOf = (places: readonly { readonly url: string }[]): string[] => places.map(({ url }) => url);
    const order: ResetOrder = {
      services: urlsOf(services),
      registries: urlsOf(registries),
      count: RESETS,
      forMs,
    };
    await pause(fromMs);
    await resets.ask("begin", order);
  }
}

/** Does something at an even pace until the time is over. */
async function repeat(
  everyMs: number,
  { totalMs, elapsedMs }: { readonly totalMs: number; readonly elapsedMs: () => number },
  work: () => Promise<void>,
): Promise<void> {
  for (let dueMs = everyMs; dueMs <= totalMs; dueMs += everyMs) {
    await pause(Math.max(0, dueMs - elapsedMs()));
    await work();
  }
}
