/** Runs `gemstone` in this process, and as a program of its own. */
import { Buffer } from "node:buffer";
import { type ChildProcess, spawn } from "node:child_process";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type CommandOptions, runCommand } from "@gemstone/gemstone/cli";
import { SpawnedService } from "./spawn_service.ts";
import { within } from "./wait_until.ts";

/** What a command did. */
export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Runs a command line in this process, without the environment of the process and with nothing to read. */
export async function runCli(args: readonly string[], options: CommandOptions = {}): Promise<CliResult> {
  const out: string[] = [];
  const error: string[] = [];
  const output = {
    out: (line: string) => void out.push(line),
    error: (line: string) => void error.push(line),
  };
  const code = await runCommand(args, output, {
    env: () => undefined,
    readInput: () => Promise.resolve(new Uint8Array()),
    ...options,
  });
  return { code, out: out.join("\n"), error: error.join("\n") };
}

/** A command that runs on in this process, until it is told to end. */
export class RunningCli {
  readonly out: string[] = [];
  readonly error: string[] = [];
  readonly #ended: Promise<number>;
  readonly #controller = new AbortController();

  constructor(args: readonly string[]) {
    const { out, error } = this;
    const output = {
      out: (line: string) => void out.push(line),
      error: (line: string) => void error.push(line),
    };
    this.#ended = runCommand(args, output, { env: () => undefined, signal: this.#controller.signal });
  }

  /** Waits for its end, but not for ever, and returns the exit code. */
  async end(): Promise<number> {
    try {
      return await within(LONGEST_RUN_MS, "the end of the command", this.#ended);
    } finally {
      this.#controller.abort();
    }
  }

  /** Ends it, as Ctrl-C would, and returns the exit code. */
  stop(): Promise<number> {
    this.#controller.abort();
    return this.end();
  }
}

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const IS_DENO = "Deno" in globalThis;
/** A command that hangs is ended, a program is killed, after this time, so that its test fails. */
const LONGEST_RUN_MS = 20_000;

/** The command that starts `gemstone` on the runtime of the test. */
export function cliCommand(permissions: readonly string[] = ["-A"]): string[] {
  const file = join(ROOT, `src/cli/main.${IS_DENO ? "ts" : "js"}`);
  if (!IS_DENO) return [process.execPath, file];
  const map = join(ROOT, "scripts/npm/import_map.json");
  // Without lazy-dynamic-imports of deno.json, which needs a permission to read, as for a user.
  const flags = ["--no-lock", "--no-config", "--quiet", "--no-check", "--no-prompt", "--import-map", map];
  return [process.execPath, "run", ...permissions, ...flags, file];
}

/** How `gemstone` is run as a program. */
export interface CliProgramOptions {
  /** What it reads on standard input. @default {""} */
  readonly input?: string | Uint8Array;
  /** Variables on top of our own. */
  readonly env?: Readonly<Record<string, string>>;
  /** What Deno allows it. @default {everything} */
  readonly permissions?: readonly string[];
}

/** Runs `gemstone` as a program while a test runs. */
export async function withCliProgram(
  args: readonly string[],
  test: (program: SpawnedService, child: ChildProcess) => Promise<void>,
  { input = "", env = {}, permissions }: CliProgramOptions = {},
): Promise<void> {
  const [program = "", ...flags] = cliCommand(permissions);
  const child = spawn(program, [...flags, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  // It may end before it has read everything.
  child.stdin.on("error", () => {});
  child.stdin.end(Buffer.from(input));
  const running = new SpawnedService(child);
  const limit = setTimeout(() => running.kill("SIGKILL"), LONGEST_RUN_MS);
  try {
    await test(running, child);
  } finally {
    clearTimeout(limit);
    running.kill("SIGKILL");
    await running.ended;
  }
}
