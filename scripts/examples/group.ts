/**
 * The processes of one example, as its check sees them.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { type ExampleRun, startExample } from "./run.ts";

/** How long an example may take to print what is waited for, in milliseconds. */
const PRINT_LIMIT_MS = 10_000;
const POLL_MS = 25;

/** What the `check.ts` of an example gets. Where there are several processes, `port` and `url` are of the first. */
export interface RunningExample {
  /** The port that it was given with `--port`. */
  readonly port: number;
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Everything that it has printed so far. */
  output(): string;
  /** Waits until it has printed something; throws when it does not. */
  printed(pattern: RegExp): Promise<void>;
}

/** An example that runs. */
export class ExampleGroup implements RunningExample {
  readonly #runs: readonly ExampleRun[];
  readonly #first: ExampleRun;

  private constructor(runs: readonly ExampleRun[]) {
    const [first] = runs;
    if (first === undefined) throw new RangeError("Cannot run an example without a command line");
    this.#runs = runs;
    this.#first = first;
  }

  /**
   * Starts the processes, each with `--port <free port>`.
   *
   * @param command The program and its first arguments.
   * @param lines The further arguments of each process.
   * @returns The example.
   */
  static async start(
    command: readonly string[],
    lines: readonly (readonly string[])[],
  ): Promise<ExampleGroup> {
    const runs: ExampleRun[] = [];
    for (const line of lines) runs.push(await startExample([...command, ...line]));
    return new ExampleGroup(runs);
  }

  get port(): number {
    return this.#first.port;
  }

  get url(): string {
    return this.#first.url;
  }

  output(): string {
    return this.#runs.map((run) => run.output).join("");
  }

  async printed(pattern: RegExp): Promise<void> {
    const deadline = Date.now() + PRINT_LIMIT_MS;
    while (!pattern.test(this.output())) {
      if (Date.now() > deadline) throw new Error(`Cannot check the example: it has not printed ${pattern}`);
      await delay(POLL_MS);
    }
  }

  /**
   * Waits until all listen or have finished.
   *
   * @throws {Error} when one does neither in time, or ends with an error.
   */
  async ready(): Promise<void> {
    await Promise.all(this.#runs.map((run) => run.ready()));
  }

  /**
   * Asks all to end.
   *
   * @throws {Error} when one does not end in time, or ends with an error.
   */
  async stop(): Promise<void> {
    const ends = await Promise.allSettled(this.#runs.map((run) => run.stop()));
    const failure = ends.find((end) => end.status === "rejected");
    if (failure !== undefined) throw failure.reason;
  }
}
