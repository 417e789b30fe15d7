/** Which handler answers what. */
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import type { ExtraHandler, WebHandlerObject } from "../../src/web/extra_handler.ts";
import type { WebContext } from "../../src/web/web_context.ts";
import { createFolder, createSite } from "./site.ts";

const showParams: ExtraHandler[1] = (context) => context.json(context.params);

const PATTERNS: readonly [pattern: string, path: string, params: Record<string, string> | undefined][] = [
  ["/items/:id", "/items/42", { id: "42" }],
  ["/items/:id", "/items/a%20b%2Fc", { id: "a b/c" }],
  ["/items/:id", "/items/%C3%A9", { id: "é" }],
  ["/items/:id", "/items/", undefined],
  ["/items/:id", "/items/1/2", undefined],
  ["/files/*", "/files/a/b.txt", { 0: "a/b.txt" }],
  ["*", "/anything/at/all", { 0: "/anything/at/all" }],
  ["{/:lang}?/about", "/about", {}],
  ["{/:lang}?/about", "/de/about", { lang: "de" }],
  ["/:year(\\d{4})", "/2024", { year: "2024" }],
  ["/:year(\\d{4})", "/24", undefined],
  ["/users/:user/posts/:post", "/users/ann/posts/7", { user: "ann", post: "7" }],
  ["/:constructor", "/x", { constructor: "x" }],
  ["/:__proto__2", "/x", { __proto__2: "x" }],
  ["/\\:__proto__", "/:__proto__", {}],
  ["/exact", "/exact/", undefined],
  ["/Case", "/case", undefined],
];

for (const pattern of ["/:__proto__", "/a{/:__proto__}?", "/:__proto__(\\d+)", "/:__proto__-x"]) {
  Deno.test(`createWebHandler() refuses the pattern ${pattern}, which no runtime but one could match`, async () => {
    await assertRejects(
      () => createSite({ extraHandlers: [[pattern, showParams]] }),
      TypeError,
      `Cannot use "${pattern}" as a path pattern: no part may be named "__proto__"`,
    );
  });
}

for (const [pattern, path, params] of PATTERNS) {
  Deno.test(`createWebHandler() matches ${path} with the pattern ${pattern}`, async () => {
    const site = await createSite({ extraHandlers: [[pattern, showParams]] });

    const response = await site.get(path);

    assertEquals(response.status, params === undefined ? 404 : 200);
    if (params === undefined) await response.body?.cancel();
    else assertEquals(await response.text(), JSON.stringify(params));
  });
}

Deno.test("createWebHandler() asks handlers in the order of the list", async () => {
  const site = await createSite({
    extraHandlers: [
      ["/items/new", (context) => context.text("form")],
      ["/items/:id", (context) => context.text("item")],
      ["/items/*", (context) => context.text("never")],
    ],
  });

  assertEquals(await (await site.get("/items/new")).text(), "form");
  assertEquals(await (await site.get("/items/7")).text(), "item");
});

Deno.test("createWebHandler() matches the normalised path", async () => {
  const site = await createSite({
    extraHandlers: [["/a/b", (context) => context.text(context.url.pathname)]],
  });

  assertEquals(await (await site.get("/a/x/../b?c=d#e")).text(), "/a/b");
});

Deno.test("createWebHandler() lets a function answer GET and HEAD alone", async () => {
  const site = await createSite({ extraHandlers: [["/", (context) => context.text("page")]] });

  const [get, head] = [await site.get("/"), await site.send("/", { method: "HEAD" })];
  const [post, options] = [
    await site.send("/", { method: "POST" }),
    await site.send("/", { method: "OPTIONS" }),
  ];

  assertEquals([get.status, await get.text()], [200, "page"]);
  assertEquals([head.status, head.body], [200, null]);
  assertEquals(head.headers.get("content-type"), "text/plain; charset=utf-8");
  assertEquals([post.status, post.headers.get("allow")], [405, "GET, HEAD, OPTIONS"]);
  assertEquals(await post.text(), "Method Not Allowed\n");
  assertEquals([options.status, options.headers.get("allow")], [204, "GET, HEAD, OPTIONS"]);
});

class Notes implements WebHandlerObject {
  readonly #notes: string[] = [];

  get(context: WebContext): Response {
    return context.json(this.#notes);
  }

  async post(context: WebContext): Promise<Response> {
    this.#notes.push(await context.request.text());
    return context.redirect("/notes", 303);
  }

  delete(): Response {
    this.#notes.length = 0;
    return new Response(null, { status: 204 });
  }
}

Deno.test("createWebHandler() calls the method of an instance, and keeps `this`", async () => {
  const site = await createSite({ extraHandlers: [["/notes", new Notes()]] });

  const posted = await site.send("/notes", { method: "POST", body: "buy milk" });
  const listed = await (await site.get("/notes")).json();
  const deleted = await site.send("/notes", { method: "DELETE" });
  const put = await site.send("/notes", { method: "PUT", body: "x" });

  assertEquals([posted.status, posted.headers.get("location")], [303, "/notes"]);
  assertEquals(listed, ["buy milk"]);
  assertEquals(deleted.status, 204);
  assertEquals([put.status, put.headers.get("allow")], [405, "GET, HEAD, POST, DELETE, OPTIONS"]);
  await put.body?.cancel();
});

Deno.test("createWebHandler() gives the method `all` what has no method of its own", async () => {
  const all = (context: WebContext) => context.text(`all ${context.request.method}`);
  const site = await createSite({
    extraHandlers: [["/", { all, get: (context: WebContext) => context.text("get") }]],
  });

  for (const method of ["POST", "OPTIONS", "PROPFIND", "constructor"]) {
    assertEquals(await (await site.send("/", { method })).text(), `all ${method}`);
  }
  assertEquals(await (await site.get("/")).text(), "get");
});

Deno.test("createWebHandler() refuses a verb that is the name of something else", async () => {
  const site = await createSite({ extraHandlers: [["/", new Notes()]] });

  for (const method of ["__proto__", "constructor", "ALL", "toString"]) {
    const response = await site.send("/", { method });
    assertEquals(response.status, 405);
    await response.body?.cancel();
  }
});

Deno.test("createWebHandler() answers 500 and logs when a handler throws", async () => {
  const fail = () => {
    throw new Error("the disk is full");
  };
  const site = await createSite({
    extraHandlers: [["/fail/:id", fail], ["/later", () => Promise.reject("no")]],
  });

  const response = await site.get("/fail/1?token=secret");
  const later = await site.get("/later");

  assertEquals([response.status, await response.text()], [500, "Internal Server Error\n"]);
  assertEquals([later.status, await later.text()], [500, "Internal Server Error\n"]);
  const [record] = site.logger.records;
  assertEquals(record?.level, "error");
  assertEquals(record?.message, 'Handler of "/fail/:id" failed at GET /fail/1');
  assertMatch(String(record?.properties?.["error"]), /the disk is full/);
});

Deno.test("createWebHandler() shows what was thrown with exposeErrorDetails only", async () => {
  const fail = () => {
    throw new RangeError("<b>too far</b>");
  };
  const site = await createSite({ extraHandlers: [["/", fail]], exposeErrorDetails: true });

  const response = await site.get("/");

  assertEquals(await response.text(), "Internal Server Error\nRangeError: <b>too far</b>\n");
  assertEquals(response.headers.get("content-type"), "text/plain; charset=utf-8");
});

const used = new Response("once");
await used.text();

const NO_RESPONSES: readonly [what: string, value: unknown, text: string][] = [
  ["nothing", undefined, "undefined"],
  ["a text", "hello", "string"],
  ["an object", { status: 200 }, "an object"],
  ["a network error", Response.error(), "Response.error()"],
  ["a response that was read", used, "has been read"],
];

for (const [what, value, text] of NO_RESPONSES) {
  Deno.test(`createWebHandler() answers 500 when a handler returns ${what}`, async () => {
    const site = await createSite({ extraHandlers: [["/", () => value as Response]] });

    const response = await site.get("/");

    assertEquals([response.status, await response.text()], [500, "Internal Server Error\n"]);
    assertStringIncludes(String(site.logger.records[0]?.properties?.["error"]), text);
  });
}

Deno.test("createWebHandler() says that a handler for the endpoint is never called", async () => {
  const site = await createSite({ extraHandlers: [["/api", showParams]] });

  assertEquals(site.logger.records.map(({ level }) => level), ["warn"]);
  assertStringIncludes(site.logger.records[0]?.message ?? "", 'extra handler of "/api" is never called');
});

Deno.test("createWebHandler() answers 404 for the path of the endpoint, whatever leads there", async () => {
  await using folder = await createFolder({ "api": "file" });
  const all = () => new Response("shadow");
  const site = await createSite({
    extraHandlers: [["/api", { all }], ["*", { all }]],
    staticDirs: [["/", folder.path]],
  });

  for (const path of ["/api", "/x/../api", "/%2e/api", "/api?x"]) {
    for (const method of ["GET", "POST"]) {
      const response = await site.send(path, { method });
      assertEquals([response.status, await response.text()], [404, "Not Found\n"]);
    }
  }
  assertEquals(await (await site.get("/api/")).text(), "shadow");
});

class Forgotten {
  get(): Response {
    return new Response();
  }
}

const WRONG: readonly [what: string, handlers: unknown, text: string][] = [
  ["no list", { "/": showParams }, 'as extraHandlers: give a list, as in: [["/items/:id", handler]]'],
  ["no pair", ["/"], "[pattern, handler]"],
  ["three parts", [["/", showParams, {}]], "[pattern, handler]"],
  ["a pattern that is no text", [[/x/, showParams]], 'must begin with "/"'],
  ["an empty pattern", [["", showParams]], 'must begin with "/"'],
  ["a relative pattern", [["items/:id", showParams]], 'must begin with "/"'],
  ["a wrong pattern", [["/items/:", showParams]], 'Cannot use "/items/:" as a path pattern'],
  ["an open group", [["/(", showParams]], 'Cannot use "/(" as a path pattern'],
  ["no handler", [["/", null]], 'as handler of "/": give a function'],
  ["a text", [["/", "get"]], 'as handler of "/": give a function'],
  ["an empty object", [["/", {}]], "get, head, post, put, patch, delete, options, all"],
  ["a member that is no method", [["/", { get: "x" }]], 'Cannot use member "get" of the handler of "/"'],
  ["a class", [["/", Forgotten]], "give an instance, new Forgotten()"],
];

for (const [what, handlers, text] of WRONG) {
  Deno.test(`createWebHandler() refuses ${what} among the extraHandlers`, async () => {
    const extraHandlers = handlers as ExtraHandler[];

    await assertRejects(() => createSite({ extraHandlers }), TypeError, text);
  });
}

Deno.test("createWebHandler() answers 400 to a path that is not percent-encoded UTF-8", async () => {
  const site = await createSite({ extraHandlers: [["*", showParams]] });

  for (const path of ["/%", "/%zz", "/a%E9b", "/%C0%AE"]) {
    const response = await site.get(path);
    assertEquals([response.status, await response.text()], [400, "Bad Request\n"]);
  }
});
