/**
 * Asks processes how they are, again and again.
 *
 * @module
 */
import type { Sample } from "./findings.ts";
import type { ServiceVitals } from "./programs/service.ts";
import type { Vitals } from "./programs/vitals.ts";
import type { SoakProcess } from "./soak_process.ts";

/** Keeps what processes say about themselves. */
export class Sampler {
  readonly processes: readonly SoakProcess[];
  readonly #samples: ReadonlyMap<SoakProcess, Sample[]>;

  /**
   * Begins without samples.
   *
   * @param processes Those that are there from the beginning to the end.
   */
  constructor(processes: readonly SoakProcess[]) {
    this.processes = processes;
    this.#samples = new Map(processes.map((process) => [process, []]));
  }

  /** Asks all of them, and keeps the answers. */
  async take(atMs: number): Promise<void> {
    await Promise.all([...this.#samples].map(async ([process, samples]) => {
      samples.push({ ...await readVitals(process), atMs });
    }));
  }

  /** What one of them has said so far. */
  of(process: SoakProcess): readonly Sample[] {
    return this.#samples.get(process) ?? [];
  }
}

/** Asks processes how many descriptors they have. */
export async function countDescriptors(processes: readonly SoakProcess[]): Promise<Map<SoakProcess, number>> {
  const counts = processes.map(async (process) =>
    [process, (await readVitals(process)).descriptors] as const
  );
  return new Map(await Promise.all(counts));
}

function readVitals(process: SoakProcess): Promise<Vitals | ServiceVitals> {
  return process.ask("read");
}
