/**
 * All options of one command line, and which of them a word means.
 *
 * @module
 */
import { closestName } from "./closest_name.ts";
import type { CommandLineOption } from "./configurator.ts";

/** The user wrote something that can not be understood; the message says what, to stand after a colon. */
export class CommandLineFault extends Error {}

/** What a word after `--` means: an option, perhaps negated, or the help text. */
export interface OptionMeaning {
  /** The name of the option; `undefined` for the help text. */
  readonly name: string | undefined;
  /** How it is spelled in error texts. */
  readonly spelling: string;
  /** Whether it needs a value, takes none unless written `--name=value`, or never takes one. */
  readonly takes: "value" | "optional value" | "nothing";
  /** The value when none is given. */
  readonly implied: string;
}

const HELP: OptionMeaning = { name: undefined, spelling: "help", takes: "nothing", implied: "" };

/** All spellings of all options. */
export class OptionTable {
  readonly #meanings = new Map<string, OptionMeaning>([["help", HELP]]);
  /** The names of the options that are taken by their place, in order. */
  readonly positionals: readonly string[];

  /**
   * @param options The options of all configurators.
   * @throws {TypeError} when two of them share a spelling.
   */
  constructor(options: readonly CommandLineOption[]) {
    this.positionals = options.filter(({ kind }) => kind === "positional").map(({ name }) => name);
    if (new Set(this.positionals).size < this.positionals.length) {
      throw new TypeError(
        "Cannot read the command line: two configurators take the same positional argument",
      );
    }
    for (const { name, kind, spellings } of options) {
      const spelling = spellings[0] ?? name;
      for (const accepted of kind === "positional" ? [] : spellings) {
        if (kind === "value") this.#add(accepted, { name, spelling, takes: "value", implied: "" });
        else this.#addFlag(accepted, name, spelling);
      }
    }
  }

  /**
   * Finds out what a word means: an exact spelling first, then the beginning of just one option.
   *
   * @param word What stands between `--` and `=`.
   * @returns The meaning.
   * @throws {CommandLineFault} when it means nothing or more than one thing; the message says what was probably meant.
   */
  resolve(word: string): OptionMeaning {
    const exact = this.#meanings.get(word);
    if (exact !== undefined) return exact;
    const candidates = new Map<string, OptionMeaning>();
    for (const [spelling, meaning] of this.#meanings) {
      if (word !== "" && spelling.startsWith(word)) candidates.set(meaning.spelling, meaning);
    }
    const [first, ...others] = candidates.values();
    if (first !== undefined && others.length === 0) return first;
    if (first === undefined) throw this.unknownOption(`--${word}`);
    const meant = [...candidates.keys()].map((name) => `--${name}`).join(", ");
    throw new CommandLineFault(`${quoteArgument(`--${word}`)} could be ${meant}`);
  }

  /**
   * Makes the error for an option that is not in the table.
   *
   * @param argument What was written, with its dashes.
   * @returns The error; its message says what was probably meant.
   */
  unknownOption(argument: string): CommandLineFault {
    const meant = closestName(argument.replace(/^-+/, "").split("=")[0]!, this.#meanings.keys());
    const hint = meant === undefined ? "" : `, did you mean "--${meant}"`;
    return new CommandLineFault(`unknown option ${quoteArgument(argument)}${hint}`);
  }

  #addFlag(accepted: string, name: string, spelling: string): void {
    this.#add(accepted, { name, spelling, takes: "optional value", implied: "true" });
    const negation: OptionMeaning = { name, spelling: `no-${spelling}`, takes: "nothing", implied: "false" };
    this.#add(`no-${accepted}`, negation);
    if (accepted.includes("_")) this.#add(`no_${accepted}`, negation);
  }

  #add(spelling: string, meaning: OptionMeaning): void {
    const taken = this.#meanings.get(spelling);
    if (taken !== undefined) {
      const both = `--${taken.spelling} and --${meaning.spelling}`;
      throw new TypeError(
        `Cannot read the command line: two options, ${both}, are both spelled --${spelling}`,
      );
    }
    this.#meanings.set(spelling, meaning);
  }
}

/**
 * Quotes what the user wrote for an error text, without control characters and not at any length.
 *
 * @param text What the user wrote.
 * @returns It as a JSON string, cut after 100 characters.
 */
export function quoteArgument(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
