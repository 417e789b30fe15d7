/**
 * The output of the program.
 *
 * @module
 */
import process from "node:process";
import { exit } from "../runtime/process.ts";
import type { CommandOutput } from "./command.ts";

/** The output of the program, and how to wait for it. */
export interface TerminalOutput extends CommandOutput {
  /** Resolves when all that was written has gone. */
  flush(): Promise<void>;
}

/**
 * Writes on standard output and standard error. When their reader is gone (`gemstone events tail | head`) it ends
 * the process: nobody would hear the rest, and by themselves Deno would never notice and Node print a stack.
 *
 * @returns The output.
 */
export function createTerminalOutput(): TerminalOutput {
  const { stdout, stderr } = process;
  for (const stream of [stdout, stderr]) stream.on("error", () => exit(0));
  return {
    out: (line) => void stdout.write(`${line}\n`),
    error: (line) => void stderr.write(`${line}\n`),
    flush: async () => {
      for (const stream of [stdout, stderr]) {
        await new Promise<void>((resolve) => void stream.write("", () => resolve()));
      }
    },
  };
}
