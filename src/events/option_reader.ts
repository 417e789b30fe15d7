/**
 * Reads options that may come from plain JavaScript, each with its own error text.
 *
 * @module
 */

/** Reads the members of one options object; each is `undefined` when it was not given. */
export class OptionReader {
  readonly #values: Record<string, unknown>;
  readonly #path: string;

  /**
   * Wraps an options object.
   *
   * @param options The object; `undefined` is an empty one.
   * @param path What goes before the names in error texts: `""` or `connection.`.
   * @throws {TypeError} when it is something else.
   */
  constructor(options: unknown, path: string) {
    if (
      options !== undefined && (typeof options !== "object" || options === null || Array.isArray(options))
    ) {
      const what = path === "" ? "options" : path.slice(0, -1);
      throw new TypeError(`Cannot use ${describe(options)} as ${what}: give an object`);
    }
    this.#values = (options ?? {}) as Record<string, unknown>;
    this.#path = path;
  }

  /** An integer. */
  integer(name: string, from: number, to: number): number | undefined {
    const value = this.#values[name];
    if (value === undefined) return undefined;
    return this.#demandInteger(name, value, from, to);
  }

  /** One or more integers, copied. */
  integers(name: string, from: number, to: number, most: number): number[] | undefined {
    const value = this.#values[name];
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.#wrongType(name, value, "an array of integers");
    if (value.length === 0 || value.length > most) {
      throw new RangeError(`Cannot use ${this.#path}${name} with ${value.length} items: give 1 to ${most}`);
    }
    return Array.from(value, (item) => this.#demandInteger(name, item, from, to));
  }

  /** True or false. */
  boolean(name: string): boolean | undefined {
    const value = this.#values[name];
    if (value === undefined || typeof value === "boolean") return value;
    throw this.#wrongType(name, value, "true or false");
  }

  /** One of some words. */
  choice<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.#values[name];
    if (value === undefined || words.includes(value as Word)) return value as Word | undefined;
    const wanted = words.map((word) => `"${word}"`).join(" or ");
    if (typeof value !== "string") throw this.#wrongType(name, value, wanted);
    throw new RangeError(
      `Cannot use ${this.#path}${name} ${JSON.stringify(value.slice(0, 40))}: give ${wanted}`,
    );
  }

  /** Text that is neither empty nor too long. It is not shown in error texts, because it may be secret. */
  text(name: string, most: number): string | undefined {
    const value = this.#values[name];
    if (value === undefined) return undefined;
    if (typeof value !== "string") throw this.#wrongType(name, value, "a string");
    if (value !== "" && value.length <= most && value.isWellFormed()) return value;
    throw new RangeError(
      `Cannot use ${this.#path}${name} of ${value.length} characters: give 1 to ${most}, well-formed`,
    );
  }

  /** Options within options. */
  object(name: string): OptionReader | undefined {
    const value = this.#values[name];
    return value === undefined ? undefined : new OptionReader(value, `${this.#path}${name}.`);
  }

  #demandInteger(name: string, value: unknown, from: number, to: number): number {
    if (typeof value !== "number") throw this.#wrongType(name, value, "a number");
    if (Number.isInteger(value) && value >= from && value <= to) return value;
    throw new RangeError(`Cannot use ${this.#path}${name} ${value}: give an integer from ${from} to ${to}`);
  }

  #wrongType(name: string, value: unknown, wanted: string): TypeError {
    return new TypeError(`Cannot use ${describe(value)} as ${this.#path}${name}: give ${wanted}`);
  }
}

function describe(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
}
