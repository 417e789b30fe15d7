/**
 * Compares what a service answered with what a case expects of it.
 *
 * @module
 */

/** How {@linkcode matches} compares. */
export interface MatchOptions {
  /** Objects may have members that are not expected. @default {false} */
  readonly subset?: boolean;
  /** An error object may have a `data` that is not expected. @default {false} */
  readonly freeData?: boolean;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Says whether a value is the expected one. `{"$any": true}` is any value, `{"$type": "array"}` any of a type.
 *
 * @param expected What the case says.
 * @param actual The decoded value.
 * @param options How to compare.
 * @returns Whether they match; the order of members is irrelevant.
 */
export function matches(expected: unknown, actual: unknown, options: MatchOptions = {}): boolean {
  if (Array.isArray(expected)) {
    return Array.isArray(actual) && actual.length === expected.length &&
      expected.every((element, index) => matches(element, actual[index], options));
  }
  if (!isObject(expected)) return Object.is(expected, actual);
  if (expected.$any === true) return actual !== undefined;
  if (expected.$type !== undefined) return typeName(actual) === expected.$type;
  if (!isObject(actual)) return false;
  const names = Object.keys(expected);
  if (!options.subset && Object.keys(actual).length !== names.length) return false;
  return names.every((name) => Object.hasOwn(actual, name) && matches(expected[name], actual[name], options));
}

/**
 * Says whether a decoded body is the expected one: a response object, or an array of them in any order.
 *
 * @param expected What the case says.
 * @param actual The decoded body.
 * @param options How to compare; the members of a response object other than `error` are never free.
 * @returns Whether they match.
 */
export function matchesResponse(expected: unknown, actual: unknown, options: MatchOptions): boolean {
  return matches(expected, options.freeData ? dropFreeData(expected, actual) : actual);
}

/**
 * Says whether two arrays have the same elements, in any order.
 *
 * @param expected What the case says.
 * @param actual The decoded value.
 * @param options How to compare.
 * @returns Whether they match.
 */
export function matchesUnordered(
  expected: readonly unknown[],
  actual: unknown,
  options: MatchOptions,
): boolean {
  if (!Array.isArray(actual) || actual.length !== expected.length) return false;
  const left = [...actual];
  return expected.every((element) => {
    const index = left.findIndex((candidate) => matchesResponse(element, candidate, options));
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  });
}

/** Says whether a value is a JSON object. */
export function isObject(value: unknown): value is Json {
  return typeName(value) === "object";
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function dropFreeData(expected: unknown, actual: unknown): unknown {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    return actual.map((element, index) => dropFreeData(expected[index], element));
  }
  if (!isObject(expected) || !isObject(actual)) return actual;
  const { error } = actual;
  if (!isObject(expected.error) || !isObject(error) || "data" in expected.error) return actual;
  return { ...actual, error: Object.fromEntries(Object.entries(error).filter(([name]) => name !== "data")) };
}
