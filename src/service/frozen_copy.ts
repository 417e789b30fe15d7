/**
 * Copies that nobody can change.
 *
 * @module
 */
import type { JsonValue } from "../json.ts";

type Container = readonly JsonValue[] | { readonly [name: string]: JsonValue };

/**
 * Copies a JSON value and freezes the copy, in depth.
 *
 * @param value What a JSON parser returned: it has no cycles. Its depth does not matter.
 * @returns The copy.
 */
export function copyFrozen<Value extends JsonValue | undefined>(value: Value): Value {
  if (!isContainer(value)) return value;
  const root = copyShallow(value);
  // A list in place of recursion: what callers nest deeply must not overflow the stack.
  const pending: object[] = [root];
  for (let copy = pending.pop(); copy !== undefined; copy = pending.pop()) {
    if (Array.isArray(copy)) {
      for (let index = 0; index < copy.length; index++) {
        const part: unknown = copy[index];
        if (isContainer(part)) pending.push(copy[index] = copyShallow(part));
      }
    } else {
      for (const [name, part] of Object.entries(copy)) {
        if (!isContainer(part)) continue;
        const inner = copyShallow(part);
        pending.push(inner);
        setMember(copy, name, inner);
      }
    }
    Object.freeze(copy);
  }
  return root as Value;
}

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}

function copyShallow(value: Container): object {
  return Array.isArray(value) ? value.slice() : { ...value };
}

function setMember(target: object, name: string, value: unknown): void {
  // An assignment would set the prototype.
  if (name === "__proto__") Object.defineProperty(target, name, { value, enumerable: true });
  else (target as Record<string, unknown>)[name] = value;
}
