/** Runs a program that uses the package in a process of its own, on the runtime of the test. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** How a process ended. */
export interface ProcessEnd {
  /** Null when a signal ended it. */
  readonly code: number | null;
  /** Null when it ended by itself. */
  readonly signal: string | null;
}

/** A program that is running. */
export class SpawnedService {
  /** What it has written so far. */
  stdout = "";
  /** What it has written so far. */
  stderr = "";
  /** Resolves when it has ended and all that it wrote has arrived. */
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  #wake: () => void = () => {};
  #isOver = false;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
      this.#wake();
    });
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
      this.#wake();
    });
    this.ended = new Promise((resolve) =>
      child.once("close", (code, signal) => {
        this.#isOver = true;
        this.#wake();
        resolve({ code, signal });
      })
    );
  }

  /** Waits until standard error matches; throws when the program ends before. */
  async waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    while (true) {
      const match = pattern.exec(this.stderr);
      if (match !== null) return match;
      if (this.#isOver) {
        throw new Error(`The program ended without ${pattern}:\n${this.stdout}${this.stderr}`);
      }
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Waits until it says that it listens, and returns the port. */
  async port(): Promise<number> {
    const [, port] = await this.waitFor(/Listening on http:\/\/[^/\s]*:(\d+)\//);
    return Number(port);
  }

  /** Reads standard error no more: who writes there learns that nobody does. */
  closeErrors(): void {
    this.#child.stderr!.destroy();
  }

  /** Sends it a signal. */
  kill(signal: "SIGINT" | "SIGTERM" | "SIGKILL"): void {
    // Not `child.kill`: on Deno that makes every later end look like one by the signal.
    if (!this.#isOver) process.kill(this.#child.pid!, signal);
  }
}

const HERE = dirname(fileURLToPath(import.meta.url));
/** A program that hangs is killed after this time, so that its test fails. */
const LONGEST_RUN_MS = 15_000;
const IS_DENO = "Deno" in globalThis;

/**
 * Runs a program while a test runs.
 *
 * @param source Plain JavaScript (Node 20 reads no TypeScript); it imports the package by its name.
 * @param test Gets the process; it is killed afterwards if it still runs.
 * @param args The command line.
 */
export async function withProgram(
  source: string,
  test: (program: SpawnedService) => Promise<void>,
  args: readonly string[] = [],
): Promise<void> {
  // Node finds the package by its own name from within it only; these files are compiled into it.
  const folder = await mkdtemp(join(IS_DENO ? tmpdir() : HERE, "program-"));
  try {
    const file = join(folder, "main.mjs");
    await writeFile(file, source);
    await withFile(file, test, args);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Runs a program of the repository while a test runs; its path is without the ending, `examples/x/main`. */
export function withExample(
  path: string,
  test: (program: SpawnedService) => Promise<void>,
  args: readonly string[] = [],
): Promise<void> {
  return withFile(join(HERE, "../..", `${path}.${IS_DENO ? "ts" : "js"}`), test, args);
}

async function withFile(
  file: string,
  test: (program: SpawnedService) => Promise<void>,
  args: readonly string[],
): Promise<void> {
  const map = join(HERE, "../../scripts/npm/import_map.json");
  const flags = IS_DENO ? ["run", "-A", "--no-lock", "--quiet", "--import-map", map] : [];
  const child = spawn(process.execPath, [...flags, file, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const program = new SpawnedService(child);
  const limit = setTimeout(() => program.kill("SIGKILL"), LONGEST_RUN_MS);
  try {
    await test(program);
  } finally {
    clearTimeout(limit);
    program.kill("SIGKILL");
    await program.ended;
  }
}
