/**
 * Colours and shapes for a terminal.
 *
 * @module
 */

/** When colours are used: on a terminal only, or regardless of it. */
export type ColorChoice = "auto" | "always" | "never";

/** What `--color` takes. */
export const COLOR_CHOICES: readonly ColorChoice[] = ["auto", "always", "never"];

/** The ways in which a text can stand out. */
export type Look = "bold" | "dim" | "red" | "green" | "yellow" | "blue" | "cyan";

/** How text looks; plain where it should not have colours. */
export interface Style {
  /** Makes a text stand out. The text must hold no control characters. */
  readonly paint: (look: Look, text: string) => string;
  /** What bars are made of. */
  readonly block: string;
}

/** What decides on colours and shapes. */
export interface StyleOptions {
  /** What the user wants. */
  readonly choice: ColorChoice;
  /** Whether the output is a terminal. */
  readonly isTerminal: boolean;
  /** Reads a variable of the environment; only asked when the output is a terminal. */
  readonly env: (name: string) => string | undefined;
}

/** SGR parameters (ECMA-48, section 8.3.117). */
const PARAMETERS: Readonly<Record<Look, number>> = {
  bold: 1,
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  cyan: 36,
};

/** Plain text. */
export const PLAIN: Style = { paint: (_, text) => text, block: "#" };

/**
 * Chooses a style. By itself it has colours on a terminal, unless `NO_COLOR` (https://no-color.org) or `TERM=dumb`
 * say otherwise.
 *
 * @param options What decides.
 * @returns The style.
 */
export function createStyle({ choice, isTerminal, env }: StyleOptions): Style {
  const isColored = choice === "always" || choice === "auto" && isTerminal && allowsColor(env);
  return {
    paint: isColored ? (look, text) => `\x1b[${PARAMETERS[look]}m${text}\x1b[0m` : PLAIN.paint,
    block: isTerminal && isUnicode(env) ? "█" : PLAIN.block,
  };
}

function allowsColor(env: StyleOptions["env"]): boolean {
  return (env("NO_COLOR") ?? "") === "" && env("TERM") !== "dumb";
}

/** The first of these that is set decides (POSIX, section 8.2). */
function isUnicode(env: StyleOptions["env"]): boolean {
  const locale = env("LC_ALL") || env("LC_CTYPE") || env("LANG") || "";
  return /utf-?8/i.test(locale);
}
