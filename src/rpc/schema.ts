/**
 * Parameters and results checked by a schema library (zod, valibot, arktype and others).
 *
 * @see {@link https://standardschema.dev}
 * @module
 */
import type { JsonObject } from "../json.ts";
import type { JsonRpcParams } from "./message.ts";
import type { Binding } from "./signature.ts";

/**
 * The members of the Standard Schema interface, version 1, that are called here: an object of zod, valibot or arktype
 * is one. As `params` of a method it sees the whole params (an empty object when there are none); the method is
 * called with the elements of what it returns when that is an array, else with that as the one argument.
 *
 * @example Without a library, to show what is asked of one
 * ```ts
 * import { exposedMethod, MicroService, RemoteService, type StandardSchema } from "@gemstone/gemstone";
 * import { InvalidParamsError } from "@gemstone/gemstone/errors";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const User: StandardSchema<{ name: string }> = {
 *   "~standard": {
 *     version: 1,
 *     validate: (value) => {
 *       const { name } = value as { name?: unknown };
 *       if (typeof name === "string") return { value: { name: name.trim() } };
 *       return { issues: [{ message: "must be text", path: ["name"] }] };
 *     },
 *   },
 * };
 *
 * class Users extends MicroService {
 *   override name = "users";
 *   @exposedMethod({ params: User })
 *   add(user: { name: string }): string {
 *     return `${user.name} is added`;
 *   }
 * }
 *
 * const users = new Users();
 * const client = new RemoteService("http://users.test/api", {
 *   fetch: (url, init) => users.fetch(new Request(url, init)),
 * });
 * assertEquals(await client.methods.add({ name: " Ann " }), "Ann is added");
 * const error = await assertRejects(() => client.methods.add({ name: 7 }), InvalidParamsError);
 * assertEquals(error.data, {
 *   reason: "must be text",
 *   issues: [{ message: "must be text", path: ["name"] }],
 * });
 * ```
 */
export interface StandardSchema<Output = unknown> {
  /** The schema behind the library's own object. */
  readonly "~standard": {
    /** The version of the interface. */
    readonly version: 1;
    /** Checks a value and returns it, perhaps changed, or what is wrong with it. */
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
  };
}

/**
 * What a schema says of a value: the value, perhaps changed, or what is wrong with it.
 *
 * @example Try a schema of any library
 * ```ts
 * import type { SchemaResult, StandardSchema } from "@gemstone/gemstone/rpc";
 *
 * async function fits(schema: StandardSchema, value: unknown): Promise<boolean> {
 *   const result: SchemaResult<unknown> = await schema["~standard"].validate(value);
 *   return result.issues === undefined;
 * }
 * ```
 */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/**
 * One fault that a schema found. The caller of a method gets all of them, as `issues` in the `data` of Invalid params.
 *
 * @example Show a fault to a person
 * ```ts
 * import type { SchemaIssue } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * function toText({ path = [], message }: SchemaIssue): string {
 *   const place = path.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
 *   return place === "" ? message : `${place}: ${message}`;
 * }
 *
 * assertEquals(
 *   toText({ message: "must be text", path: ["user", { key: "name" }] }),
 *   "user.name: must be text",
 * );
 * ```
 */
export interface SchemaIssue {
  /** What is wrong. */
  readonly message: string;
  /** Where: member names and indexes from the outside in. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * Says whether a value is a Standard Schema.
 *
 * @param value Any value.
 * @returns Whether it has the members that {@linkcode StandardSchema} names.
 */
export function isStandardSchema(value: unknown): value is StandardSchema {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
  const standard = (value as { "~standard"?: { validate?: unknown } })["~standard"];
  return typeof standard?.validate === "function";
}

/**
 * Makes a binding out of a schema. It sees the whole params (an empty object when there are none); the method
 * is called with the elements of what it returns when that is an array, else with that as the one argument.
 *
 * @param schema Describes the params of a call.
 * @returns The function that fits params to the method.
 */
export function bindBySchema(
  schema: StandardSchema,
): (params: JsonRpcParams | undefined) => Promise<Binding> {
  return async (params) => {
    const result = await schema["~standard"].validate(params ?? {});
    if (result.issues !== undefined) {
      return { reason: result.issues[0]?.message ?? "Not valid", issues: result.issues.map(toJson) };
    }
    return Array.isArray(result.value) ? result.value : [result.value];
  };
}

/**
 * Checks what a method returned.
 *
 * @param schema Describes the result.
 * @param value What the method returned.
 * @returns The value as the schema returned it.
 * @throws {TypeError} when the value does not fit.
 */
export async function checkResult(schema: StandardSchema, value: unknown): Promise<unknown> {
  const result = await schema["~standard"].validate(value);
  if (result.issues === undefined) return result.value;
  throw new TypeError(`Cannot return this result: ${result.issues.map(({ message }) => message).join("; ")}`);
}

function toJson(issue: SchemaIssue): JsonObject {
  const path = issue.path?.map((part) => String(typeof part === "object" ? part.key : part));
  return { message: issue.message, path };
}
