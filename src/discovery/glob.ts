/**
 * Reads glob patterns as `fnmatch.translate` of Python does.
 *
 * @module
 */

/** Says whether a character, given by its code point, fits. */
export type CharacterTest = (character: number) => boolean;

/** The parts of a pattern. */
export interface Glob {
  /** The text in front of all that is special. */
  readonly prefix: string;
  /** One test for each further character. */
  readonly tests: readonly CharacterTest[];
  /** In front of which tests there may be anything; the number of tests stands for the end. */
  readonly stars: ReadonlySet<number>;
}

/**
 * Takes a pattern apart.
 *
 * @param pattern The pattern; all texts are patterns.
 * @returns Its parts.
 */
export function parseGlob(pattern: string): Glob {
  const characters = Array.from(pattern);
  const tests: CharacterTest[] = [];
  const stars = new Set<number>();
  let prefix = "";
  for (let at = 0; at < characters.length; at++) {
    // Below the length.
    const character = characters[at] as string;
    const end = character === "[" ? findEndOfSet(characters, at + 1) : -1;
    if (character === "*") {
      stars.add(tests.length);
    } else if (character === "?") {
      tests.push(() => true);
    } else if (end >= 0) {
      tests.push(createSetTest(characters.slice(at + 1, end)));
      at = end;
    } else if (tests.length === 0 && stars.size === 0) {
      prefix += character;
    } else {
      const wanted = toCode(character);
      tests.push((code) => code === wanted);
    }
  }
  return { prefix, tests, stars };
}

/** Where the bracket closes; -1 when it never does. In front of anything else `]` belongs to the set. */
function findEndOfSet(characters: readonly string[], begin: number): number {
  const first = characters[begin] === "!" ? begin + 1 : begin;
  return characters.indexOf("]", first + 1);
}

function createSetTest(set: readonly string[]): CharacterTest {
  const isNegated = set[0] === "!";
  const members = isNegated ? set.slice(1) : set;
  const ranges: (readonly [from: number, to: number])[] = [];
  for (let at = 0; at < members.length; at++) {
    const from = toCode(members[at] as string);
    const last = members[at + 1] === "-" ? members[at + 2] : undefined;
    ranges.push([from, last === undefined ? from : toCode(last)]);
    if (last !== undefined) at += 2;
  }
  return (code) => ranges.some(([from, to]) => from <= code && code <= to) !== isNegated;
}

function toCode(character: string): number {
  // Array.from makes no empty ones.
  return character.codePointAt(0) as number;
}
