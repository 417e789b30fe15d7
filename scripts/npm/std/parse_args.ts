/**
 * `@std/cli/parse-args` for networks without JSR: the part of it that we use, on npm `minimist`, from which
 * the original was written.
 *
 * One difference stays: here `--no-x` negates every `x`, there only those in `negatable`. So name in
 * `negatable` what may be negated, and treat a `false` elsewhere as a mistake of the user.
 *
 * @module
 */
// @ts-types="@types/minimist"
import minimist from "minimist";

/** The options of {@linkcode parseArgs}. */
export interface ParseOptions<
  B extends string = string,
  S extends string = string,
  C extends string = string,
> {
  /** Names that take no value. */
  boolean?: boolean | B | readonly B[];
  /** Names whose value stays a string. */
  string?: S | readonly S[];
  /** Names that may be given more than once: their value is an array. The last one wins for all others. */
  collect?: C | readonly C[];
  /** Names that `--no-x` may negate. */
  negatable?: string | readonly string[];
  /** Other names of a name. */
  alias?: Record<string, string | readonly string[]>;
  /** Values of names that were not given. */
  default?: Record<string, unknown>;
  /** Ends the options at the first argument that is none. */
  stopEarly?: boolean;
  /** Puts what follows `--` into `"--"` instead of `_`. */
  "--"?: boolean;
  /** Called for each argument that no option names; `false` leaves it out. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** What {@linkcode parseArgs} returns. */
export type Args<B extends string = never, S extends string = never, C extends string = never> =
  & { [name: string]: unknown; _: (string | number)[]; "--"?: string[] }
  & Flags<B, boolean, C>
  & Partial<Flags<Exclude<S, C>, string, never>>
  & Flags<Extract<S, C>, string, C>;

type Flags<Names extends string, Value, C extends string> = string extends Names ? Record<never, never>
  : { [Name in Names]: Name extends C ? Value[] : Value };

/**
 * Parses a command line.
 *
 * @param args The arguments, without the program.
 * @param options Which names there are and what they take.
 * @returns The values by name, and under `_` what is no option.
 */
export function parseArgs<B extends string = never, S extends string = never, C extends string = never>(
  args: string[],
  options: ParseOptions<B, S, C> = {},
): Args<B, S, C> {
  const { collect, negatable: _, unknown, boolean, string, alias, ...rest } = options;
  const parsed: Record<string, unknown> & { _: unknown } = minimist(args, {
    ...rest,
    boolean: typeof boolean === "boolean" ? boolean : toList(boolean),
    string: toList(string),
    alias: Object.fromEntries(Object.entries(alias ?? {}).map(([name, names]) => [name, toList(names)])),
    ...(unknown && { unknown: (arg) => unknown(arg) !== false }),
  });
  const collected = new Set<string>(toList(collect));
  for (const [name, value] of Object.entries(parsed)) {
    if (name === "_" || name === "--") continue;
    if (collected.has(name)) parsed[name] = Array.isArray(value) ? value : [value];
    else if (Array.isArray(value)) parsed[name] = value.at(-1);
  }
  for (const name of collected) parsed[name] ??= [];
  // minimist types its result as a bag; which names are in it is what the type parameters say.
  return parsed as unknown as Args<B, S, C>;
}

function toList<T extends string>(names: T | readonly T[] | undefined): T[] {
  if (names === undefined) return [];
  return typeof names === "string" ? [names] : [...names];
}
