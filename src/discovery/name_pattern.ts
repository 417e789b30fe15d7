/**
 * Patterns of service names, by the rules of `fnmatch.fnmatchcase` of Python.
 *
 * @module
 */
import { type CharacterTest, parseGlob } from "./glob.ts";

/** The most characters of a pattern. */
export const MAX_PATTERN_LENGTH = 256;
/** So many places have room in one number, which costs less than an array for each name: 31 tests, and the end. */
const BITS = 32;
/** For how many characters it is kept where in the pattern they fit. */
const MAX_KEPT_SETS = 1024;

/**
 * A pattern of names: `*` is any run of characters, dots too, `?` is one, `[seq]` is one of these, `[!seq]` one of
 * all others, with ranges as in `[a-z]`. A `]` right behind the bracket belongs to the set, a `[` that is never closed
 * is itself, and nothing is escaped but by a set: `[*]`. Capitals differ from small letters.
 *
 * A pattern may come from anybody: matching takes time in proportion to the length of the name.
 *
 * @example
 * ```ts
 * import { NamePattern } from "@gemstone/gemstone/discovery";
 *
 * import { assertEquals } from "@std/assert";
 *
 * const workers = new NamePattern("workers.[!x]*");
 * assertEquals(workers.matches("workers.image.small"), true);
 * assertEquals(workers.matches("workers.x1"), false);
 * ```
 */
export class NamePattern {
  /** The pattern as it was given. */
  readonly pattern: string;
  /** The only name that matches, when there is nothing special in the pattern. */
  readonly literal: string | undefined;
  /** What each name that matches begins with; may be empty. */
  readonly prefix: string;
  /** The tests of single characters behind the prefix. */
  readonly #tests: readonly CharacterTest[];
  /** Bit n is set when `*` stands in front of test n. */
  readonly #loops: Uint32Array;
  /** By character: bit n is set when test n accepts it. */
  readonly #sets: Map<number, Uint32Array> = new Map();

  /**
   * Reads a pattern.
   *
   * @param pattern The pattern.
   * @throws {TypeError} when it is not text.
   * @throws {RangeError} when it has more than 256 characters.
   */
  constructor(pattern: string) {
    if (typeof pattern !== "string") {
      throw new TypeError(`Cannot use ${pattern === null ? "null" : typeof pattern} as a pattern: give text`);
    }
    if (pattern.length > MAX_PATTERN_LENGTH) {
      throw new RangeError(
        `Cannot use a pattern of ${pattern.length} characters: give at most ${MAX_PATTERN_LENGTH}`,
      );
    }
    const { prefix, tests, stars } = parseGlob(pattern);
    this.pattern = pattern;
    this.prefix = prefix;
    this.literal = tests.length === 0 && stars.size === 0 ? prefix : undefined;
    this.#tests = tests;
    this.#loops = toBits(tests.length + 1, (index) => stars.has(index));
  }

  /**
   * Says whether a name matches.
   *
   * @param name The name.
   * @returns Whether the whole of it does.
   */
  matches(name: string): boolean {
    if (this.literal !== undefined) return name === this.literal;
    if (!name.startsWith(this.prefix)) return false;
    return this.#tests.length < BITS ? this.#matchesInWord(name) : this.#matchesInWords(name);
  }

  /** As {@linkcode #matchesInWords} does it, for few tests. */
  #matchesInWord(name: string): boolean {
    const end = this.#tests.length;
    const loops = this.#loops[0] as number;
    let places = 1;
    for (let at = this.prefix.length; at < name.length; at++) {
      if ((places & loops) >>> end === 1) return true;
      const character = name.codePointAt(at) as number;
      if (character > 0xffff) at++;
      const accepted = places & (this.#acceptingOf(character)[0] as number);
      places = (accepted << 1) | (places & loops);
      if (places === 0) return false;
    }
    return (places >>> end & 1) === 1;
  }

  #matchesInWords(name: string): boolean {
    const end = this.#tests.length;
    // Bit n: what has been read so far fits in front of test n. All of these ways are followed at once.
    const places = toBits(end + 1, (index) => index === 0);
    for (let at = this.prefix.length; at < name.length; at++) {
      // What follows the last star may be anything.
      if (hasBit(places, end) && hasBit(this.#loops, end)) return true;
      // Below the length there is a code point.
      const character = name.codePointAt(at) as number;
      if (character > 0xffff) at++;
      if (!this.#step(places, character)) return false;
    }
    return hasBit(places, end);
  }

  /** Goes on by a character; says whether there is a place left. */
  #step(places: Uint32Array, character: number): boolean {
    const accepting = this.#acceptingOf(character);
    let carry = 0;
    let left = 0;
    for (let word = 0; word < places.length; word++) {
      const place = places[word] as number;
      const accepted = place & (accepting[word] as number);
      places[word] = (accepted << 1) | carry | (place & (this.#loops[word] as number));
      carry = accepted >>> 31;
      left |= places[word] as number;
    }
    return left !== 0;
  }

  #acceptingOf(character: number): Uint32Array {
    let accepting = this.#sets.get(character);
    if (accepting === undefined) {
      accepting = toBits(this.#tests.length + 1, (index) => this.#tests[index]?.(character) ?? false);
      // Names may hold any of a million characters.
      if (this.#sets.size >= MAX_KEPT_SETS) this.#sets.clear();
      this.#sets.set(character, accepting);
    }
    return accepting;
  }
}

function toBits(count: number, isSet: (index: number) => boolean): Uint32Array {
  const bits = new Uint32Array((count + 31) >>> 5);
  for (let index = 0; index < count; index++) {
    if (isSet(index)) bits[index >>> 5] = (bits[index >>> 5] as number) | (1 << (index & 31));
  }
  return bits;
}

function hasBit(bits: Uint32Array, index: number): boolean {
  return ((bits[index >>> 5] as number) >>> (index & 31) & 1) === 1;
}
