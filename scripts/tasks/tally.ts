/**
 * Adds up what the runners report.
 *
 * @module
 */
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
    const started = performance.now();
    const outcome = await work();
    this.#rows.push([part, outcome, (performance.now() - started) / 1000]);
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
    const sum: Outcome = { passed: 0, failed: 0, skipped: 0 };
    for (const [part, { passed, failed, skipped }, seconds] of this.#rows) {
      const mark = failed === 0 ? "ok  " : "FAIL";
      say(`${mark} ${part.padEnd(width)}  ${toText({ passed, failed, skipped })}  ${seconds.toFixed(1)} s`);
      sum.passed += passed;
      sum.failed += failed;
      sum.skipped += skipped;
    }
    if (sum.skipped > 0) say(`NOTE: ${sum.skipped} tests were skipped; the output above says which and why`);
    const found = sum.passed + sum.failed + sum.skipped > 0;
    if (!found) say("Cannot find a test in the given path");
    console.log(toText(sum));
    return found && sum.failed === 0 ? 0 : 1;
  }
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
