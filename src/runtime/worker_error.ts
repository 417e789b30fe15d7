/**
 * Carries what was thrown from a worker to the thread that waits for it. A structured clone keeps neither the class
 * of an error nor its own fields, so both are written down here and put together again over there.
 *
 * @module
 */
import * as ownErrors from "../errors.ts";

/** Something thrown, as a structured clone can carry it: an error, or whatever else was thrown. */
export type PackedThrown = { readonly error: PackedError } | { readonly value: unknown };

/** An error as a structured clone can carry it. */
export interface PackedError {
  /** The names of its classes, from its own to that below `Error`. */
  readonly classes: readonly string[];
  /** Its name. */
  readonly name: string;
  /** Its message. */
  readonly message: string;
  /** Where it was created, as its own thread saw it. */
  readonly stack: string | undefined;
  /** Its own enumerable fields, without those that can not be copied. */
  readonly fields: readonly (readonly [name: string, value: unknown])[];
  /** The error behind it. */
  readonly cause: PackedThrown | undefined;
  /** The errors of an `AggregateError`. */
  readonly errors: readonly PackedThrown[] | undefined;
}

/** Deeper chains of causes are most likely circles. */
const MAX_DEPTH = 8;
/** More errors than that in one help nobody; one `AggregateError` that contains itself twice has no end of them. */
const MAX_ERRORS = 100;
const SEPARATE = new Set(["message", "stack", "cause", "errors"]);

/** A class as it is needed here: nothing is ever created with its constructor. */
type ErrorClass = abstract new (...args: never[]) => Error;

const OWN_CLASSES: ReadonlyMap<string, ErrorClass> = new Map(Object.entries(ownErrors));
const NATIVE_CLASSES: ReadonlyMap<string, ErrorClass> = new Map(
  [AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((type) =>
    [type.name, type] as const
  ),
);

/**
 * Writes down what was thrown. Never throws itself.
 *
 * @param thrown What was thrown: mostly an error, and it may be anything.
 * @returns What a structured clone can carry. What it can not carry becomes an error that says so.
 */
export function packThrown(thrown: unknown): PackedThrown {
  return pack(thrown, { depth: 0, budget: { left: MAX_ERRORS } });
}

/**
 * Puts together what {@linkcode packThrown} wrote down.
 *
 * @param packed What arrived.
 * @returns An error of the same class where that is one of Gemstone's or of the language, else an `Error` with the
 * name of its class; or the value that was thrown.
 */
export function unpackThrown(packed: PackedThrown): unknown {
  return "error" in packed ? unpackError(packed.error) : packed.value;
}

/** Where in a tree of errors one is. */
interface Place {
  readonly depth: number;
  /** How many more errors the whole tree may have. */
  readonly budget: { left: number };
}

function pack(thrown: unknown, place: Place): PackedThrown {
  place.budget.left--;
  try {
    if (thrown instanceof Error) return { error: packError(thrown, place) };
    structuredClone(thrown);
    return { value: thrown };
  } catch (error) {
    const why = readText(() => (error as Error).message);
    return pack(
      new TypeError(`Something was thrown that can not leave its worker (${typeof thrown}): ${why}`),
      place,
    );
  }
}

function packError(error: Error, { depth, budget }: Place): PackedError {
  const classes = listClasses(error);
  const name = readText(() => error.name);
  const inner = { depth: depth + 1, budget };
  const mayNest = depth < MAX_DEPTH;
  const { cause, errors } = error as Partial<AggregateError>;
  return {
    classes,
    name: isInherited(error, name) ? classes[0] ?? name : name,
    message: readText(() => error.message),
    stack: typeof error.stack === "string" ? error.stack : undefined,
    fields: packFields(error),
    cause: mayNest && budget.left > 0 && cause !== undefined ? pack(cause, inner) : undefined,
    errors: mayNest && Array.isArray(errors) ? packAll(errors, inner) : undefined,
  };
}

function packAll(errors: readonly unknown[], place: Place): PackedThrown[] {
  const packed: PackedThrown[] = [];
  for (const error of errors) {
    if (place.budget.left <= 0) break;
    packed.push(pack(error, place));
  }
  return packed;
}

/** Most classes of an application set no name, and that of the class says more than that of the built-in one. */
function isInherited(error: Error, name: string): boolean {
  return !Object.hasOwn(error, "name") && (name === "Error" || NATIVE_CLASSES.has(name));
}

function listClasses(error: Error): string[] {
  const names: string[] = [];
  for (let type = Object.getPrototypeOf(error); type !== null; type = Object.getPrototypeOf(type)) {
    if (type === Error.prototype) break;
    const name: unknown = type.constructor?.name;
    if (typeof name === "string" && name !== "") names.push(name);
  }
  return names;
}

function packFields(error: Error): [name: string, value: unknown][] {
  const fields: [string, unknown][] = [];
  for (const name of Object.keys(error)) {
    if (SEPARATE.has(name)) continue;
    try {
      const value = (error as unknown as Record<string, unknown>)[name];
      structuredClone(value);
      fields.push([name, value]);
    } catch {
      // A socket, a function, a getter that throws: the rest of the error says enough.
    }
  }
  return fields;
}

function readText(read: () => unknown): string {
  try {
    return String(read());
  } catch {
    // A getter or a conversion that throws.
    return "";
  }
}

function unpackError({ classes, name, message, stack, fields, cause, errors }: PackedError): Error {
  const error: Error = classes.includes("DOMException")
    ? new DOMException(message, name)
    // Creates a true error with the prototype of the class, and runs no constructor of it.
    : Reflect.construct(Error, [message], findClass(classes));
  for (const [field, value] of fields) define(error, field, value, true);
  if (error.name !== name) define(error, "name", name, false);
  if (stack !== undefined) define(error, "stack", stack, false);
  if (cause !== undefined) define(error, "cause", unpackThrown(cause), false);
  if (errors !== undefined) define(error, "errors", errors.map(unpackThrown), false);
  return error;
}

/** A class of an application may be called like one of ours: ours derive from `GemstoneError`. */
function findClass(classes: readonly string[]): ErrorClass {
  const known = classes.includes("GemstoneError") ? [OWN_CLASSES, NATIVE_CLASSES] : [NATIVE_CLASSES];
  for (const name of classes) {
    for (const types of known) {
      const type = types.get(name);
      if (type !== undefined) return type;
    }
  }
  return Error;
}

function define(error: Error, name: string, value: unknown, enumerable: boolean): void {
  try {
    Object.defineProperty(error, name, { value, enumerable, writable: true, configurable: true });
  } catch {
    // A field that the class protects: the error is worth more than it.
  }
}
