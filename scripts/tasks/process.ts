/**
 * Starts other programs.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import process from "node:process";

/** The Deno that runs this file. It need not be on the PATH: `npx deno` puts it somewhere else. */
export const DENO = process.execPath;

/** Windows knows npm only as `npm.cmd`, and that only through a shell. */
const SHELL = process.platform === "win32";

/** Settings of {@linkcode run} and {@linkcode capture}. */
export interface RunOptions {
  /** The working directory. @default the current one */
  cwd?: string;
  /** Variables on top of the current ones. */
  env?: Record<string, string>;
  /** Ends the program after this many milliseconds. @default no limit */
  timeoutMs?: number;
  /** Sends standard output to standard error. @default false */
  stdoutToStderr?: boolean;
  /** Keeps what the program prints, for later. @default it has our terminal */
  held?: HeldOutput | undefined;
}

/** What programs print while another has the terminal. */
export class HeldOutput {
  readonly #chunks: Uint8Array[] = [];

  /** Keeps what a program prints from now on. */
  watch(child: ChildProcess): void {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Uint8Array) => this.#chunks.push(chunk));
    }
  }

  /** What has been printed. */
  text(): string {
    return decode(this.#chunks);
  }
}

/** What a finished program left behind. */
export interface Captured {
  /** The exit code; 128 and the number of the signal when a signal ended it. */
  code: number;
  /** All of standard output. */
  stdout: string;
  /** All of standard error. */
  stderr: string;
}

/**
 * Runs a program in the foreground: it has our terminal, unless its output is held, gets our signals, and we wait
 * for it.
 *
 * @param command The program and its arguments.
 * @param options Directory and environment.
 * @returns Its exit code.
 */
export async function run(command: string[], options: RunOptions = {}): Promise<number> {
  const { held, stdoutToStderr = false } = options;
  const child = held === undefined
    ? start(command, options, ["inherit", stdoutToStderr ? 2 : "inherit", "inherit"])
    : start(command, options, ["ignore", "pipe", "pipe"]);
  held?.watch(child);
  const forward = (signal: NodeJS.Signals): void => {
    // In a terminal Ctrl-C reaches the whole foreground group, and a second SIGINT means "at once" to many.
    if (signal === "SIGINT" && process.stdin.isTTY) return;
    sendSignal(child, signal);
  };
  process.on("SIGINT", forward);
  process.on("SIGTERM", forward);
  try {
    return await exitCode(child);
  } finally {
    process.off("SIGINT", forward);
    process.off("SIGTERM", forward);
  }
}

/**
 * Runs a program without input and keeps what it prints.
 *
 * @param command The program and its arguments.
 * @param options Directory, environment and time limit.
 * @returns Exit code and output.
 */
export async function capture(command: string[], options: RunOptions = {}): Promise<Captured> {
  const child = start(command, options, ["ignore", "pipe", "pipe"]);
  const stdout: Uint8Array[] = [];
  const stderr: Uint8Array[] = [];
  child.stdout?.on("data", (chunk: Uint8Array) => stdout.push(chunk));
  child.stderr?.on("data", (chunk: Uint8Array) => stderr.push(chunk));
  const code = await exitCode(child);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

/**
 * Sends a signal to a program that may have ended already.
 *
 * @param child The program.
 * @param signal The signal.
 */
export function sendSignal(child: ChildProcess, signal: NodeJS.Signals): void {
  const { pid, exitCode, signalCode } = child;
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  // Not child.kill(): with Deno 2.9 the program then counts as killed, whatever exit code it chose.
  process.kill(pid, signal);
}

function start(
  command: string[],
  { cwd, env, timeoutMs }: RunOptions,
  stdio: ("inherit" | "ignore" | "pipe" | number)[],
): ChildProcess {
  const [program = "", ...args] = command;
  return spawn(program, args, {
    stdio,
    shell: SHELL && program !== DENO,
    env: { ...process.env, ...env },
    ...(cwd !== undefined && { cwd }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs, killSignal: "SIGKILL" as const }),
  });
}

async function exitCode(child: ChildProcess): Promise<number> {
  const [code, signal] = await once(child, "close") as [number | null, NodeJS.Signals | null];
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

function decode(chunks: Uint8Array[]): string {
  const decoder = new TextDecoder();
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
}
