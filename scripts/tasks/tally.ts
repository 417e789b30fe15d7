/**
 * Adds up what the runners report.
 *
 * @module
 */
import { HeldOutput } from "./process.ts";
import { say } from "./say.ts";

/** What one part of the matrix came to. */
export interface Outcome {
  /** Tests that passed. */
  passed: number;
  /** Tests that failed, and steps that could not run at all. */
  failed: number;
  /** Tests that were left out. */
  skipped: number;
}

/** One part of the matrix. */
export interface Part {
  /** Its name, for people. */
  name: string;
  /** Runs it. `held` is where its output goes when another has the terminal. */
  work: (held?: HeldOutput) => Promise<Outcome>;
}

/** The sum over all parts. */
export class Tally {
  readonly #rows: [part: string, outcome: Outcome, seconds: number][] = [];

  /**
   * Runs one part, announces it, and keeps what it came to.
   *
   * @param part Its name, for people.
   * @param work Runs it.
   * @returns Whether nothing failed.
   */
  async add(part: string, work: () => Promise<Outcome>): Promise<boolean> {
    say(`\n== ${part}`);
    return await this.#measure({ name: part, work });
  }

  /**
   * Runs lanes at the same time, and the parts of a lane one after the other. The first lane has the terminal; what
   * the others print comes when all have ended.
   *
   * @param lanes The parts of each.
   */
  async addSideBySide(lanes: readonly (readonly Part[])[]): Promise<void> {
    const [first = [], ...others] = lanes.filter((parts) => parts.length > 0);
    const beside = others.flat().map(({ name }) => name).join(", ");
    const running = others.map(async (parts) => {
      const outputs: [string, HeldOutput][] = [];
      for (const part of parts) {
        const held = new HeldOutput();
        outputs.push([part.name, held]);
        await this.#measure(part, held);
      }
      return outputs;
    });
    for (const part of first) {
      say(`\n== ${part.name}${beside === "" ? "" : `, beside it ${beside}`}`);
      await this.#measure(part);
    }
    for (const [name, held] of (await Promise.all(running)).flat()) {
      say(`\n== ${name}`);
      say(held.text());
    }
  }

  async #measure({ name, work }: Part, held?: HeldOutput): Promise<boolean> {
    const started = performance.now();
    const outcome = await work(held);
    this.#rows.push([name, outcome, (performance.now() - started) / 1000]);
    return outcome.failed === 0;
  }

  /**
   * Prints the parts to standard error and the sum, as the last line, to standard output.
   *
   * @returns The exit code: 1 when anything failed, and when no test was found.
   */
  report(): number {
    const width = Math.max(...this.#rows.map(([part]) => part.length));
    say("\n== summary");
    for (const [part, outcome, seconds] of this.#rows) {
      const mark = outcome.failed === 0 ? "ok  " : "FAIL";
      say(`${mark} ${part.padEnd(width)}  ${toText(outcome)}  ${seconds.toFixed(1)} s`);
    }
    const sum = addOutcomes(this.#rows.map(([, outcome]) => outcome));
    if (sum.skipped > 0) say(`NOTE: ${sum.skipped} tests were skipped; the output above says which and why`);
    const found = sum.passed + sum.failed + sum.skipped > 0;
    if (!found) say("Cannot find a test in the given path");
    console.log(toText(sum));
    return found && sum.failed === 0 ? 0 : 1;
  }
}

/**
 * Adds up what several parts came to.
 *
 * @param outcomes The outcome of each.
 * @returns The sum.
 */
export function addOutcomes(outcomes: readonly Outcome[]): Outcome {
  const sum: Outcome = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of outcomes) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return sum;
}

/**
 * The outcome of a step that is no test: it counts only when it fails.
 *
 * @param code The exit code.
 * @returns One failure, or nothing.
 */
export function stepOutcome(code: number): Outcome {
  return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

function toText({ passed, failed, skipped }: Outcome): string {
  return `${passed} passed, ${failed} failed` + (skipped > 0 ? `, ${skipped} skipped` : "");
}
