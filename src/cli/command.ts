/**
 * What the commands of `gemstone` have in common.
 *
 * @module
 */
import type { Style } from "./style.ts";

/**
 * Where a command writes; a line has no line feed at its end.
 *
 * @example Collects the lines, for a test
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { type CommandOutput, runCommand } from "@gemstone/gemstone/cli";
 *
 * const lines: string[] = [];
 * const output: CommandOutput = {
 *   out: (line) => lines.push(line),
 *   error: (line) => lines.push(`! ${line}`),
 * };
 * const code = await runCommand(["call_raw"], output);
 * assertEquals(code, 2);
 * assertEquals(lines, ["! gemstone: error: call_raw needs a URL and a method; see gemstone call_raw --help"]);
 * ```
 */
export interface CommandOutput {
  /** Takes a line of the result. */
  out(line: string): void;
  /** Takes a line about what went wrong. */
  error(line: string): void;
  /**
   * Shows a line that the next one takes the place of; the empty text removes it. Only there when standard error
   * is a terminal.
   */
  readonly status?: ((text: string) => void) | undefined;
}

/**
 * Where the output goes, as far as a command looks different there.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { runCommand, type TerminalFacts } from "@gemstone/gemstone/cli";
 *
 * const terminal: TerminalFacts = { isOut: true, isError: true };
 * const lines: string[] = [];
 * const output = { out: (line: string) => lines.push(line), error: () => {} };
 * await runCommand(["--help"], output, { terminal, env: () => undefined });
 * assert(lines.join("").includes("\x1b["), "it has colours");
 * ```
 */
export interface TerminalFacts {
  /** Whether standard output is a terminal. */
  readonly isOut: boolean;
  /** Whether standard error is a terminal. */
  readonly isError: boolean;
}

/**
 * What a command takes from its surroundings.
 *
 * @example A call whose parameters come from standard input, and that gives up after a second
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 * import { type CommandOptions, runCommand } from "@gemstone/gemstone/cli";
 *
 * class Hello extends MicroService {
 *   override name = "hello";
 *   override port = 0;
 *   override skipConfiguration = true;
 *
 *   @exposedMethod()
 *   say_hello(name: string): string {
 *     return `hello ${name}`;
 *   }
 * }
 * await using service = new Hello();
 * await service.start();
 *
 * const lines: string[] = [];
 * const output = { out: (line: string) => lines.push(line), error: (line: string) => lines.push(line) };
 * const options: CommandOptions = {
 *   readInput: () => Promise.resolve(new TextEncoder().encode('{"name":"ann"}')),
 *   signal: AbortSignal.timeout(1_000),
 * };
 * assertEquals(await runCommand(["call_raw", service.url, "say_hello", "-"], output, options), 0);
 * assertEquals(lines, ['"hello ann"']);
 * ```
 */
export interface CommandOptions {
  /** Ends a command that runs on; without it the signals SIGINT and SIGTERM of the process do. */
  readonly signal?: AbortSignal | undefined;
  /** Reads standard input to its end. @default {that of the process} */
  readonly readInput?: (() => Promise<Uint8Array>) | undefined;
  /** Reads a variable of the environment. @default {that of the process} */
  readonly env?: ((name: string) => string | undefined) | undefined;
  /** Which outputs are a terminal. @default {none} */
  readonly terminal?: TerminalFacts | undefined;
}

/** What a command gets, with all defaults filled in. */
export interface CommandContext {
  /** Where it writes. */
  readonly output: CommandOutput;
  /** Ends it; `undefined` leaves that to the signals of the process. */
  readonly signal: AbortSignal | undefined;
  /** Reads standard input to its end. */
  readonly readInput: () => Promise<Uint8Array>;
  /** Reads a variable of the environment. */
  readonly env: (name: string) => string | undefined;
  /** How text looks on standard output. @default {plain} */
  readonly style?: Style | undefined;
}

/** A command, or a word that other commands follow: it has `run` or `commands`. */
export interface Command {
  /** The text for `--help`; no line has more than 80 characters. */
  readonly usage: string;
  /**
   * Does what the command is for.
   *
   * @param args The arguments behind its name.
   * @param context Its surroundings.
   * @returns The exit code. What it throws is told in one line.
   */
  readonly run?: ((args: readonly string[], context: CommandContext) => Promise<number>) | undefined;
  /** The commands that follow this word, by their names. */
  readonly commands?: ReadonlyMap<string, CommandEntry> | undefined;
  /** Says whether the arguments ask for help. @default {`asksForHelp`} */
  readonly asksForHelp?: ((args: readonly string[]) => boolean) | undefined;
}

/** A command in a table. */
export interface CommandEntry {
  /** Loads it; nothing of a command is loaded before it is used. */
  readonly load: () => Promise<Command>;
  /** What follows its name, in lists. */
  readonly synopsis?: string | undefined;
  /** What it does, in a few words; without it the command is in no list, as another spelling of one that is. */
  readonly summary?: string | undefined;
}

/** Thrown when a command line can not be understood; its message is shown to the user. */
export class UsageError extends Error {}

/** Thrown when a command can not do what it is for, and no other error says so. */
export class CommandError extends Error {
  /** What the program ends with. */
  readonly exitCode: number;

  /**
   * Creates the error.
   *
   * @param exitCode What the program ends with.
   * @param message What is shown to the user.
   */
  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
