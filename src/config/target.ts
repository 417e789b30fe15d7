/**
 * What may be set on the object that is configured, and what it has now.
 *
 * @module
 */
import type { Configurable } from "./configurable.ts";
import { hidePasswords } from "./hide_passwords.ts";

/**
 * Makes sure that assigning to a field will work and replaces no method.
 *
 * @param target The object.
 * @param name The field; it need not exist.
 * @throws {TypeError} when the field is a method or is read-only.
 */
export function assertAssignable(target: object, name: string): void {
  const owner = findOwner(target, name);
  if (owner === undefined) {
    if (Object.isExtensible(target)) return;
    throw new TypeError(
      `Cannot make "${name}" configurable: the object has no such field and accepts no new one`,
    );
  }
  const { value, writable, set } = Object.getOwnPropertyDescriptor(owner, name)!;
  if (owner !== target && typeof value === "function") {
    throw new TypeError(`Cannot make "${name}" configurable: it is a method`);
  }
  const isReadOnly = writable !== true && set === undefined;
  if (isReadOnly || (owner !== target && set === undefined && !Object.isExtensible(target))) {
    throw new TypeError(`Cannot make "${name}" configurable: it is read-only`);
  }
}

/**
 * Gives the default of a setting as the help text shows it.
 *
 * @param target The object.
 * @param configurable The setting.
 * @returns Its `defaultText`, else its present value when that is plain, without the passwords of URLs; `undefined` to
 * show none.
 */
export function defaultTextFor(target: object, configurable: Configurable): string | undefined {
  const { options: { defaultText }, name } = configurable;
  if (defaultText !== undefined) return defaultText;
  const value = presentValue(target, name);
  const parts = Array.isArray(value) ? value : [value];
  const text = parts.every(isPlain) ? parts.map((part) => hidePasswords(`${part}`)).join(",") : "";
  return text === "" ? undefined : text;
}

function presentValue(target: object, name: string): unknown {
  try {
    return Reflect.get(target, name);
  } catch {
    // A getter that has no value before the service runs has no default to show either.
    return undefined;
  }
}

function isPlain(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** Finds the object on the prototype chain that has the property. */
function findOwner(target: object, name: string): object | undefined {
  let owner: object | null = target;
  while (owner !== null && !Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner);
  return owner ?? undefined;
}
