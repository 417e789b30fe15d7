/**
 * What a caller looks for, by name or by pattern.
 *
 * @module
 */
import { MAX_PATTERN_LENGTH, NamePattern } from "../discovery/name_pattern.ts";
import { createInvalidParams } from "./registry_error.ts";
import type { ServiceQuery } from "./registry_store.ts";

/** A name or a pattern. A name matches itself also when it has brackets, which mean something in a pattern. */
export class NameQuery implements ServiceQuery {
  /** As it was asked. */
  readonly text: string;
  readonly #pattern: NamePattern;

  /**
   * Reads what somebody asks for.
   *
   * @param text A name, or a pattern of names as `fnmatch` of Python has it.
   * @throws {RpcError} Invalid params (-32602) when it is no text of at most 256 characters.
   */
  constructor(text: unknown) {
    if (typeof text !== "string") {
      throw createInvalidParams(
        "The name to look for must be a string: a name, or a pattern such as workers.*",
      );
    }
    if (text.length > MAX_PATTERN_LENGTH) {
      throw createInvalidParams(
        `The name to look for has ${text.length} characters, give at most ${MAX_PATTERN_LENGTH}`,
      );
    }
    this.text = text;
    this.#pattern = new NamePattern(text);
  }

  /** The only name that matches; `undefined` when there may be others. */
  get literal(): string | undefined {
    return this.#pattern.literal;
  }

  /** What each name that matches begins with; may be empty. */
  get prefix(): string {
    return this.#pattern.prefix;
  }

  /**
   * Compares a name, upper and lower case apart.
   *
   * @param name The name of a service.
   * @returns Whether it is looked for.
   */
  matches(name: string): boolean {
    return name === this.text || this.#pattern.matches(name);
  }
}
