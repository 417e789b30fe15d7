/**
 * What the names of queues and keys begin with, so that several systems can share a broker.
 *
 * @module
 */

/**
 * Checks a namespace.
 *
 * @param namespace The namespace; `undefined` for the default.
 * @returns The namespace.
 * @throws {TypeError} when it is no string.
 * @throws {RangeError} when it has other characters, or too many.
 */
export function readNamespace(namespace: unknown = "gemstone"): string {
  if (typeof namespace !== "string") {
    throw new TypeError(`Cannot use ${typeof namespace} as namespace: give a string`);
  }
  if (/^[A-Za-z0-9_-]{1,32}$/.test(namespace)) return namespace;
  throw new RangeError(
    `Cannot use namespace ${JSON.stringify(namespace.slice(0, 40))}: give 1 to 32 of A-Z a-z 0-9 _ -`,
  );
}
