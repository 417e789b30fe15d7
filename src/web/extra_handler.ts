/**
 * Handlers of single paths, beside the JSON-RPC endpoint.
 *
 * @module
 */
import type { BaseServiceHandle } from "../rpc/service_type.ts";
import { createPlainResponse } from "./plain_response.ts";
import type { WebContext } from "./web_context.ts";

/**
 * Answers GET, and HEAD with the same head. For other verbs write a {@linkcode WebHandlerObject}. It has no time
 * limit: `callTimeoutMs` is for methods.
 *
 * @example A handler of its own, which knows the class of its service
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import type { WebHandlerFunction } from "@gemstone/gemstone/web";
 *
 * class Counter extends MicroService {
 *   override name = "counter";
 *   visits = 0;
 *   override extraHandlers = [["/visits", showVisits] as const];
 * }
 * const showVisits: WebHandlerFunction<Counter> = (context) =>
 *   context.text(`visit ${++context.microservice.visits}`);
 * ```
 */
// A method's parameter may be a more special one, such as the context of one's own service.
export type WebHandlerFunction<Service = BaseServiceHandle> = {
  handle(context: WebContext<Service>): Response | Promise<Response>;
}["handle"];

/**
 * Answers the verbs that it has a method for; others get 405 with `Allow`. Where it has none for them, HEAD is
 * answered by `get`, and OPTIONS with the list of verbs. An object or an instance of a class; `this` is kept.
 *
 * @example
 * ```ts
 * import type { ExtraHandler, WebContext, WebHandlerObject } from "@gemstone/gemstone/web";
 *
 * class Notes implements WebHandlerObject {
 *   readonly #notes: string[] = [];
 *
 *   get(context: WebContext): Response {
 *     return context.json(this.#notes);
 *   }
 *
 *   async post(context: WebContext): Promise<Response> {
 *     this.#notes.push(await context.request.text());
 *     return context.redirect("/notes", 303);
 *   }
 * }
 * const handler: ExtraHandler = ["/notes", new Notes()];
 * ```
 */
export interface WebHandlerObject<Service = BaseServiceHandle> {
  /** Answers GET. */
  get?(context: WebContext<Service>): Response | Promise<Response>;
  /** Answers HEAD; a body is dropped. @default {get} */
  head?(context: WebContext<Service>): Response | Promise<Response>;
  /** Answers POST. */
  post?(context: WebContext<Service>): Response | Promise<Response>;
  /** Answers PUT. */
  put?(context: WebContext<Service>): Response | Promise<Response>;
  /** Answers PATCH. */
  patch?(context: WebContext<Service>): Response | Promise<Response>;
  /** Answers DELETE. */
  delete?(context: WebContext<Service>): Response | Promise<Response>;
  /** Answers OPTIONS. @default {204 with Allow} */
  options?(context: WebContext<Service>): Response | Promise<Response>;
  /** Answers each verb that has no method of its own, for example with another framework's `fetch`. */
  all?(context: WebContext<Service>): Response | Promise<Response>;
}

/**
 * What answers the requests for a path: a function for GET, or an object with a method for each verb.
 *
 * @example Wraps any handler, here to let only users in
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { MicroService } from "@gemstone/gemstone";
 * import type { WebHandler, WebHandlerFunction } from "@gemstone/gemstone/web";
 *
 * function forUsers(handler: WebHandlerFunction): WebHandler {
 *   return async (context) => {
 *     if (await context.authenticate()) return await handler(context);
 *     return context.text("Who are you?", { status: 401 });
 *   };
 * }
 * class Office extends MicroService {
 *   override name = "office";
 *   override extraHandlers = [["/desk", forUsers((context) => context.text("your desk"))] as const];
 * }
 * const response = await new Office().fetch(new Request("http://localhost/desk"));
 * assertEquals(response.status, 401);
 * ```
 */
export type WebHandler<Service = BaseServiceHandle> = WebHandlerFunction<Service> | WebHandlerObject<Service>;

/**
 * A path pattern in the syntax of `URLPattern`, and what answers it: `/items/:id`, `/files/*`, `{/:page}?`.
 * Patterns are tried in the order of the list; the path is matched as it stands in a URL, with its slash at the
 * end or without. A part can not be named `__proto__`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { MicroService } from "@gemstone/gemstone";
 * import type { ExtraHandler } from "@gemstone/gemstone/web";
 *
 * class Archive extends MicroService {
 *   override name = "archive";
 *   override extraHandlers: ExtraHandler[] = [
 *     ["/posts/latest", (context) => context.text("the latest")],
 *     ["/posts/:year(\\d{4})/:slug", (context) => context.json(context.params)],
 *     ["/files/*", (context) => context.text(context.params["0"] ?? "")],
 *   ];
 * }
 * const archive = new Archive();
 * const get = async (path: string) => await (await archive.fetch(new Request(`http://localhost${path}`))).text();
 * assertEquals(await get("/posts/2024/hello%20you"), '{"year":"2024","slug":"hello you"}');
 * assertEquals(await get("/files/a/b.txt"), "a/b.txt");
 * ```
 */
export type ExtraHandler<Service = BaseServiceHandle> = readonly [
  pattern: string,
  handler: WebHandler<Service>,
];

/** Answers one verb. */
type Answer = (context: WebContext) => Response | Promise<Response>;

/** The verbs that have a method, by that method. */
const VERBS: ReadonlyMap<string, keyof WebHandlerObject> = new Map([
  ["GET", "get"],
  ["HEAD", "head"],
  ["POST", "post"],
  ["PUT", "put"],
  ["PATCH", "patch"],
  ["DELETE", "delete"],
  ["OPTIONS", "options"],
]);

/**
 * Prepares a handler.
 *
 * @param handler The handler.
 * @param pattern Its pattern, for the text of errors.
 * @returns Finds what answers a verb; there is always something.
 * @throws {TypeError} when it is no handler.
 */
export function prepareHandler(handler: WebHandler, pattern: string): (verb: string) => Answer {
  const answers = collectAnswers(handler, pattern);
  const all = answers.get("*");
  const allowed = [...VERBS.keys()].filter((verb) => answers.has(verb) || verb === "OPTIONS").join(", ");
  const allow = () => new Response(null, { status: 204, headers: { allow: allowed } });
  const refuse = () => createPlainResponse(405, { allow: allowed });
  return (verb) => answers.get(verb) ?? all ?? (verb === "OPTIONS" ? allow : refuse);
}

function collectAnswers(handler: WebHandler, pattern: string): ReadonlyMap<string, Answer> {
  if (typeof handler === "function") {
    if (/^class\b/.test(Function.prototype.toString.call(handler))) {
      throw new TypeError(
        `Cannot use the class ${handler.name} as handler of "${pattern}": give an instance, new ${handler.name}()`,
      );
    }
    return new Map([["GET", handler], ["HEAD", handler]]);
  }
  const answers = new Map<string, Answer>();
  const add = (verb: string, name: keyof WebHandlerObject) => {
    const method: unknown = handler?.[name];
    if (method === undefined) return;
    if (typeof method !== "function") {
      throw new TypeError(`Cannot use member "${name}" of the handler of "${pattern}": it must be a method`);
    }
    answers.set(verb, (context) => method.call(handler, context));
  };
  if (typeof handler === "object" && handler !== null) {
    for (const [verb, name] of VERBS) add(verb, name);
    add("*", "all");
  }
  if (answers.size === 0) {
    const names = [...VERBS.values(), "all"].join(", ");
    throw new TypeError(
      `Cannot use ${typeof handler} as handler of "${pattern}": give a function, or an object with one of ${names}`,
    );
  }
  const get = answers.get("GET");
  if (get !== undefined && !answers.has("HEAD")) answers.set("HEAD", get);
  return answers;
}
