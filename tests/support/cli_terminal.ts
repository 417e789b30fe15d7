/** Runs `gemstone` in a terminal, as a person does: in a pseudo-terminal that `script` of util-linux makes. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { cliCommand } from "./cli.ts";
import { findProgram } from "./run_command.ts";
import { SpawnedService } from "./spawn_service.ts";
import { waitUntil } from "./wait_until.ts";

/** Whether there is such a program; that of other systems has other options. */
export const HAS_TERMINAL: boolean = process.platform === "linux" && findProgram("script") !== undefined;

/** What Ctrl-C sends. */
const CTRL_C = "\x03";
const LONGEST_RUN_MS = 30_000;
const LONGEST_PROBE_MS = 3_000;
/** Nobody knows which of these the tests run with. */
const NO_SURROUNDINGS = { NO_COLOR: "", TERM: "xterm", LC_ALL: "C.UTF-8", GEMSTONE_REGISTRY: "" };

/** A program in a terminal. */
export class TerminalProgram {
  readonly #program: SpawnedService;
  readonly #pressCtrlC: () => Promise<void>;

  constructor(program: SpawnedService, pressCtrlC: () => Promise<void>) {
    this.#program = program;
    this.#pressCtrlC = pressCtrlC;
  }

  /** All that has been written to the terminal; what it was told to do is in it. */
  get screen(): string {
    return this.#program.stdout.replaceAll("\r\n", "\n");
  }

  /** Presses Ctrl-C. */
  pressCtrlC(): Promise<void> {
    return this.#pressCtrlC();
  }

  /** Waits until the text on the screen matches. */
  async waitFor(pattern: RegExp): Promise<void> {
    await waitUntil(`${pattern} on the screen`, () => pattern.test(this.screen));
  }

  /** Waits for the end, and returns the exit code. */
  async end(): Promise<number | null> {
    return (await this.#program.ended).code;
  }
}

/** Runs `gemstone` in a terminal while a test runs. */
export async function withTerminal(
  args: readonly string[],
  test: (program: TerminalProgram) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "terminal-"));
  const pidFile = join(folder, "pid");
  const words = [...cliCommand(), ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  const child = openTerminal(`echo $$ > '${pidFile}'; exec ${words.join(" ")}`, {
    ...NO_SURROUNDINGS,
    ...env,
  });
  const program = new SpawnedService(child);
  const pressCtrlC = async (): Promise<void> => {
    if (await doesCtrlCSignal()) child.stdin!.write(CTRL_C);
    else process.kill(Number(await readFile(pidFile, "utf8")), "SIGINT");
  };
  const limit = setTimeout(() => program.kill("SIGKILL"), LONGEST_RUN_MS);
  try {
    await test(new TerminalProgram(program, pressCtrlC));
  } finally {
    clearTimeout(limit);
    child.stdin!.end();
    program.kill("SIGKILL");
    await program.ended;
    await rm(folder, { recursive: true });
  }
}

function openTerminal(command: string, env: Readonly<Record<string, string>>): ChildProcess {
  // -e: with its exit code; -f: at once.
  const child = spawn("script", ["-qefc", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  // It may end before it has read everything.
  child.stdin.on("error", () => {});
  return child;
}

let signals: Promise<boolean> | undefined;

/** Whether the terminals of this kernel make a signal of the key; those of some sandboxes only pass it on. */
function doesCtrlCSignal(): Promise<boolean> {
  return signals ??= probeCtrlC();
}

async function probeCtrlC(): Promise<boolean> {
  const child = openTerminal("echo ready; exec sleep 60", NO_SURROUNDINGS);
  const sleeper = new SpawnedService(child);
  let isTooLate = false;
  const limit = setTimeout(() => {
    isTooLate = true;
    sleeper.kill("SIGKILL");
  }, LONGEST_PROBE_MS);
  await waitUntil("a terminal", () => sleeper.stdout.includes("ready"));
  child.stdin!.write(CTRL_C);
  await sleeper.ended;
  clearTimeout(limit);
  return !isTooLate;
}
