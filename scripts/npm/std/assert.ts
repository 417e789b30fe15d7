/**
 * `@std/assert` for networks without JSR: the part of it that the tests use, on `node:assert/strict`.
 *
 * Where the two differ the built-in is the stricter one (it also compares prototypes), so a test that passes
 * here passes with the real package.
 *
 * @module
 */
import nodeAssert, { AssertionError } from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";

export { AssertionError };

// deno-lint-ignore no-explicit-any -- a class of any constructor, as in @std/assert
type Constructor<T = unknown> = abstract new (...args: any[]) => T;

/** Fails unless `expr` is truthy. */
export function assert(expr: unknown, msg = "Expected a truthy value"): asserts expr {
  if (!expr) fail(msg);
}

/** Fails unless `expr` is falsy. */
export function assertFalse(expr: unknown, msg?: string): asserts expr is false | 0 | "" | null | undefined {
  if (expr) fail(msg ?? `Expected a falsy value, got ${String(expr)}`);
}

/** Fails unless the two are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  nodeAssert.deepEqual(actual, expected, toError(msg));
}

/** Fails when the two are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  nodeAssert.notDeepEqual(actual, expected, toError(msg));
}

/** Fails unless `Object.is` says that the two are the same. */
export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T {
  nodeAssert.equal(actual, expected, toError(msg));
}

/** Fails when `Object.is` says that the two are the same. */
export function assertNotStrictEquals<T>(actual: T, expected: T, msg?: string): void {
  nodeAssert.notEqual(actual, expected, toError(msg));
}

/** Fails for `undefined` and `null`. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) fail(msg ?? `Expected a value, got ${actual}`);
}

/** Fails unless `actual` is an instance of the class. */
export function assertInstanceOf<C extends Constructor>(
  actual: unknown,
  expectedType: C,
  msg?: string,
): asserts actual is InstanceType<C> {
  if (!(actual instanceof expectedType)) {
    fail(msg ?? `Expected an instance of ${expectedType.name}, got ${describe(actual)}`);
  }
}

/** Fails unless the text matches. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  nodeAssert.match(actual, expected, toError(msg));
}

/** Fails when the text matches. */
export function assertNotMatch(actual: string, expected: RegExp, msg?: string): void {
  nodeAssert.doesNotMatch(actual, expected, toError(msg));
}

/** Fails unless the text contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (!actual.includes(expected)) {
    fail(msg ?? `Expected ${describe(actual)} to contain ${describe(expected)}`);
  }
}

/** Fails unless each of `expected` is deeply equal to an item of `actual`. */
export function assertArrayIncludes<T>(actual: ArrayLike<T>, expected: ArrayLike<T>, msg?: string): void {
  const items = Array.from(actual);
  const missing = Array.from(expected).filter((item) =>
    !items.some((other) => isDeepStrictEqual(other, item))
  );
  if (missing.length > 0) fail(msg ?? `Expected ${describe(items)} to include ${describe(missing)}`);
}

/** Fails unless each member of `expected` is, deeply, in `actual`; `actual` may have more. */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any -- the signature of @std/assert, which takes interfaces too
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  nodeAssert.deepEqual(project(actual, expected), expected, toError(msg));
}

/** Fails when the numbers differ by more than `tolerance`, by default a ten-millionth of `expected`. */
export function assertAlmostEquals(actual: number, expected: number, tolerance?: number, msg?: string): void {
  const limit = tolerance ?? Math.abs(Number.isFinite(expected) ? expected * 1e-7 : 1e-7);
  if (Object.is(actual, expected) || Math.abs(actual - expected) <= limit) return;
  fail(msg ?? `Expected ${actual} to be within ${limit} of ${expected}`);
}

/** Fails unless `actual` is greater than `expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) fail(msg ?? `Expected ${describe(actual)} > ${describe(expected)}`);
}

/** Fails unless `actual` is at least `expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) fail(msg ?? `Expected ${describe(actual)} >= ${describe(expected)}`);
}

/** Fails unless `actual` is less than `expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) fail(msg ?? `Expected ${describe(actual)} < ${describe(expected)}`);
}

/** Fails unless `actual` is at most `expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) fail(msg ?? `Expected ${describe(actual)} <= ${describe(expected)}`);
}

/** Fails unless `fn` throws (an instance of the class, with that text in its message); returns what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: Constructor<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(fn: () => unknown, ...expected: ExpectedError): unknown {
  try {
    fn();
  } catch (error) {
    return checkError(error, expected);
  }
  fail(`Expected the function to throw ${nameOf(expected)}`);
}

/** Fails unless `fn` rejects (with an instance of the class and that text); resolves with the reason. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: Constructor<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  ...expected: ExpectedError
): Promise<unknown> {
  let promise: PromiseLike<unknown> | undefined;
  try {
    promise = fn();
    await promise;
  } catch (error) {
    // A synchronous throw is a different contract, and @std/assert fails there too.
    if (promise === undefined) {
      fail("Expected the function to reject, but it threw before it returned a promise");
    }
    return checkError(error, expected);
  }
  fail(`Expected the function to reject with ${nameOf(expected)}`);
}

/** Fails unless `error` is an instance of the class with that text in its message. */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: Constructor<E>,
  msgIncludes?: string,
): asserts error is E {
  assertInstanceOf(error, ErrorClass ?? Error);
  if (msgIncludes !== undefined) assertStringIncludes((error as Error).message, msgIncludes);
}

/** Fails. */
export function fail(msg = "Failed"): never {
  throw new AssertionError({ message: msg, stackStartFn: fail });
}

type ExpectedError = [errorClassOrMsg?: Constructor<Error> | string, msgIncludes?: string, msg?: string];

/** Some versions of Node's types accept an error here but no optional text. */
function toError(message: string | undefined): AssertionError | undefined {
  return message === undefined ? undefined : new AssertionError({ message });
}

function checkError(error: unknown, [errorClass, msgIncludes]: ExpectedError): unknown {
  if (typeof errorClass === "function") assertIsError(error, errorClass, msgIncludes);
  return error;
}

function nameOf([errorClass]: ExpectedError): string {
  return typeof errorClass === "function" ? errorClass.name : "an error";
}

function project(actual: unknown, expected: unknown): unknown {
  if (typeof actual !== "object" || actual === null) return actual;
  if (Array.isArray(expected)) {
    return Array.isArray(actual) ? actual.map((item, index) => project(item, expected[index])) : actual;
  }
  if (!isPlain(expected)) return actual;
  const members = Object.keys(expected).filter((key) => key in actual)
    .map((key) => [key, project((actual as Record<string, unknown>)[key], expected[key])]);
  return Object.fromEntries(members);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function describe(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
