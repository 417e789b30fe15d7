/**
 * From the raw value that a configurator found to the value that the service gets: type, template, mappings.
 *
 * @module
 */
import { ConfigurationValueError } from "../errors.ts";
import type { Configurable, ConfigurableMapping, ConfigurableTypes } from "./configurable.ts";
import { hidePasswords } from "./hide_passwords.ts";

/** A raw value and where it came from. */
export interface RawValue {
  /** The value as the configurator has it. */
  readonly value: unknown;
  /** Where it came from, for error texts: `command line`, `file "service.json"`. */
  readonly source: string;
  /** Whether text in it is a value already, as in a JSON file, and not yet to be parsed as JSON. */
  readonly typed: boolean;
}

/** One named type: `fromText` and `fromTyped` give `undefined` for what does not fit. */
interface NamedType {
  readonly accepts: string;
  fromText(text: string): unknown;
  fromTyped(value: unknown): unknown;
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const WHOLE = /^[+-]?\d+$/;
const TRUTH = new Map([
  ...["true", "yes", "on", "1"].map((text) => [text, true] as const),
  ...["false", "no", "off", "0"].map((text) => [text, false] as const),
]);

const NAMED_TYPES: ReadonlyMap<unknown, NamedType> = new Map<keyof ConfigurableTypes, NamedType>([
  ["string", { accepts: "must be text", fromText: (text) => text, fromTyped: refuse }],
  ["number", {
    accepts: "must be a number",
    fromText: (text) => DECIMAL.test(text.trim()) ? finite(Number(text)) : undefined,
    fromTyped: finite,
  }],
  ["integer", {
    accepts: "must be a whole number",
    fromText: (text) => WHOLE.test(text.trim()) ? safeInteger(Number(text)) : undefined,
    fromTyped: safeInteger,
  }],
  ["boolean", {
    accepts: "must be true or false, yes or no, on or off, 1 or 0",
    fromText: (text) => TRUTH.get(text.trim().toLowerCase()),
    fromTyped: (value) => typeof value === "boolean" ? value : undefined,
  }],
  ["json", { accepts: "must be JSON", fromText: parseJson, fromTyped: (value) => value }],
  ["list", {
    accepts: "must be a list of texts, separated by commas",
    fromText: (text) => text.trim() === "" ? [] : text.split(",").map((part) => part.trim()),
    fromTyped: (value) => isTextArray(value) ? [...value] : undefined,
  }],
]);

/**
 * Converts a raw value: `type`, then `template`, then `mappings`.
 *
 * @param configurable The setting.
 * @param raw What a configurator found for it.
 * @returns The value for the field.
 * @throws {ConfigurationValueError} when the value can not be used; it names the setting, value and source.
 * @throws {TypeError} when `type` is no known type.
 */
export function convertValue(configurable: Configurable, raw: RawValue): unknown {
  const { type, template, mappings = [] } = configurable.options;
  if (type !== undefined && typeof type !== "function" && !NAMED_TYPES.has(type)) {
    const known = [...NAMED_TYPES.keys()].join(", ");
    throw new TypeError(
      `Cannot configure "${configurable.name}": type ${JSON.stringify(type)} is none of ${known}`,
    );
  }
  try {
    const typed = convertType(type, raw);
    // The parameter type of `template` follows from `type`, which the line above has just applied.
    const templated = template === undefined ? typed : template.call(configurable.options, typed as never);
    return applyMappings(mappings, templated);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationValueError(
      `Cannot configure "${configurable.name}" with ${quote(raw.value)} from ${raw.source}: ${reason}`,
      { cause: error },
    );
  }
}

function convertType(type: Configurable["options"]["type"], raw: RawValue): unknown {
  if (type === undefined) return raw.value;
  if (typeof type === "function") return convertByFunction(type, raw.value);
  const named = NAMED_TYPES.get(type)!;
  const isText = typeof raw.value === "string" && !(type === "json" && raw.typed);
  const value = isText ? named.fromText(raw.value as string) : named.fromTyped(raw.value);
  if (value === undefined) throw new TypeError(named.accepts);
  return value;
}

function convertByFunction(type: (raw: string) => unknown, raw: unknown): unknown {
  if (typeof raw !== "string" && typeof raw !== "number" && typeof raw !== "boolean") {
    throw new TypeError("must be text, a number or a boolean");
  }
  const value = type(String(raw));
  if (Number.isNaN(value)) throw new TypeError(NAMED_TYPES.get("number")!.accepts);
  return value;
}

function applyMappings(mappings: readonly ConfigurableMapping[], value: unknown): unknown {
  const match = mappings.find(([candidate]) => candidate === value);
  if (match === undefined) return value;
  return typeof match[1] === "function" ? match[1](value) : match[1];
}

function refuse(): undefined {
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`must be JSON: ${(error as SyntaxError).message}`, { cause: error });
  }
}

function finite(value: unknown): number | undefined {
  return Number.isFinite(value) ? value as number : undefined;
}

function safeInteger(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? value as number : undefined;
}

function isTextArray(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function quote(value: unknown): string {
  const text = hidePasswords(typeof value === "object" ? describeObject(value) : describePlain(value));
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function describePlain(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function describeObject(value: object | null): string {
  try {
    return JSON.stringify(value) ?? "an object";
  } catch {
    // Only a configurator outside this folder gives objects that JSON can not carry; the text is a courtesy.
    return "an object";
  }
}
