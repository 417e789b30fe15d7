/**
 * The output of the program.
 *
 * @module
 */
import process from "node:process";
import { exit, getEnvironmentVariable } from "../runtime/process.ts";
import type { CommandOutput, TerminalFacts } from "./command.ts";
import { FAILED } from "./exit_codes.ts";

/** The output of the program, and how to wait for it. */
export interface TerminalOutput extends CommandOutput {
  /** Which outputs are a terminal. */
  readonly facts: TerminalFacts;
  /** Resolves when all that was written has gone. */
  flush(): Promise<void>;
}

/** Goes to the beginning of the line and erases all of it (ECMA-48: EL). */
const ERASE_LINE = "\r\x1b[K";
const DEFAULT_COLUMNS = 80;

/**
 * Writes on standard output and standard error. When their reader is gone (`gemstone events tail | head`) it ends
 * the process: nobody would hear the rest, and by themselves Deno would never notice and Node print a stack.
 *
 * @returns The output.
 */
export function createTerminalOutput(): TerminalOutput {
  const { stdout, stderr } = process;
  // A full disk has lost a result; a reader that is gone has seen enough.
  stdout.on("error", ({ code }: { code?: unknown }) => exit(code === "EPIPE" ? 0 : FAILED));
  // What only tells must not end what runs: a registry or a service without its log goes on.
  stderr.on("error", () => {});
  const facts: TerminalFacts = { isOut: stdout.isTTY === true, isError: stderr.isTTY === true };
  let hasStatus = false;
  const status = (text: string): void => {
    if (text === "" && !hasStatus) return;
    hasStatus = text !== "";
    // A line that wraps could not be erased.
    stderr.write(ERASE_LINE + text.slice(0, (stderr.columns || DEFAULT_COLUMNS) - 1));
  };
  const canRedraw = facts.isError && getEnvironmentVariable("TERM") !== "dumb";
  const write = (stream: { write(text: string): unknown }, line: string): void => {
    if (hasStatus) status("");
    stream.write(`${line}\n`);
  };
  return {
    facts,
    out: (line) => write(stdout, line),
    error: (line) => write(stderr, line),
    ...canRedraw && { status },
    flush: async () => {
      for (const stream of [stdout, stderr]) {
        await new Promise<void>((resolve) => void stream.write("", () => resolve()));
      }
    },
  };
}
