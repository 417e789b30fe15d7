/** What a handler learns of a request, and says about its response. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { ExtraHandler } from "../../src/web/extra_handler.ts";
import type { WebContext } from "../../src/web/web_context.ts";
import { createSite } from "./site.ts";

/** Answers one GET request with a function. */
async function answer(
  handle: (context: WebContext) => Response | Promise<Response>,
  init: RequestInit = {},
): Promise<{ response: Response; errors: string[] }> {
  const site = await createSite({ extraHandlers: [["/:id", { all: handle }]] });
  const response = await site.send("/x?a=1&a=2&b=%20", init);
  return { response, errors: site.logger.records.map(({ properties }) => String(properties?.["error"])) };
}

Deno.test("WebContext knows address, query, headers, cookies and service", async () => {
  const { response } = await answer((context) =>
    context.json({
      path: context.url.pathname,
      params: context.params,
      all: context.query.getAll("a"),
      b: context.query.get("b"),
      none: context.query.get("c"),
      header: context.headers.get("X-Test"),
      cookie: context.cookies.get("Test"),
      service: context.microservice.name,
      isAborted: context.signal.aborted || context.stopping.aborted,
    }), { headers: { "x-test": "yes", cookie: "Test=1; Other=2" } });

  assertEquals(await response.json(), {
    path: "/x",
    params: { id: "x" },
    all: ["1", "2"],
    b: " ",
    none: null,
    header: "yes",
    cookie: "1",
    service: "test.site",
    isAborted: false,
  });
});

const MAKERS: readonly [name: string, make: (context: WebContext) => Response, type: string, body: string][] =
  [
    ["text", (context) => context.text("<é>"), "text/plain; charset=utf-8", "<é>"],
    ["html", (context) => context.html("<p>é"), "text/html; charset=utf-8", "<p>é"],
    ["json", (context) => context.json({ a: [1, null] }), "application/json", '{"a":[1,null]}'],
    [
      "json with another type",
      (context) => context.json(1, { headers: { "Content-Type": "application/problem+json" } }),
      "application/problem+json",
      "1",
    ],
  ];

for (const [name, make, type, body] of MAKERS) {
  Deno.test(`WebContext answers with ${name}`, async () => {
    const { response } = await answer(make);

    assertEquals([response.status, response.headers.get("content-type")], [200, type]);
    assertEquals(await response.text(), body);
  });
}

Deno.test("WebContext makes responses with status and headers", async () => {
  const { response } = await answer((context) =>
    context.text("short and stout", { status: 418, headers: [["x-pot", "tea"]] })
  );

  assertEquals([response.status, response.headers.get("x-pot")], [418, "tea"]);
  await response.body?.cancel();
});

const LOCATIONS: readonly [location: string | URL, sent: string][] = [
  ["/notes?x=1#y", "/notes?x=1#y"],
  [new URL("https://example.org/a b"), "https://example.org/a%20b"],
  ["/é/日本", "/%C3%A9/%E6%97%A5%E6%9C%AC"],
  ["/a%20b", "/a%20b"],
  ["/\r\nset-cookie: evil=1", "/%0D%0Aset-cookie:%20evil=1"],
  ["/\ud800", "/%EF%BF%BD"],
];

for (const [location, sent] of LOCATIONS) {
  Deno.test(`WebContext.redirect() leads to ${JSON.stringify(String(location))}`, async () => {
    const { response } = await answer((context) => context.redirect(location));

    assertEquals([response.status, response.headers.get("location")], [302, sent]);
    assertEquals(response.headers.get("set-cookie"), null);
  });
}

const MISTAKES: readonly [
  what: string,
  make: (context: WebContext) => Response | Promise<Response>,
  text: string,
][] = [
  ["redirects with 200", (context) => context.redirect("/", 200), "Cannot redirect with status 200"],
  ["redirects with NaN", (context) => context.redirect("/", NaN), "Cannot redirect with status NaN"],
  ["sends undefined as JSON", (context) => context.json(undefined), "as JSON: it has no JSON form"],
  ["sends a BigInt as JSON", (context) => context.json(1n), "BigInt"],
  [
    "renders without templateDir",
    (context) => context.render("a.html"),
    "the service has no templateDir; set it",
  ],
  ["reads a signed cookie without a secret", async (context) => {
    await context.signedCookie("a");
    return context.text("");
  }, "the service has no cookieSecrets; set them"],
  ["sets a signed cookie without a secret", async (context) => {
    await context.setSignedCookie("a", "b");
    return context.text("");
  }, "the service has no cookieSecrets; set them"],
  ["sets a cookie that is none", (context) => {
    context.setCookie("a b", "c");
    return context.text("");
  }, "a b"],
  ["sets a header with a line feed", (context) => {
    context.responseHeaders.set("x-a", "b\nc");
    return context.text("");
  }, "HTTP forbids"],
];

for (const [what, make, text] of MISTAKES) {
  Deno.test(`WebContext fails a handler that ${what}`, async () => {
    const { response, errors } = await answer(make);

    assertEquals(response.status, 500);
    await response.body?.cancel();
    assertStringIncludes(errors[0] ?? "", text);
  });
}

Deno.test("WebContext adds cookies and headers to whatever is answered", async () => {
  const { response } = await answer((context) => {
    context.setCookie("a", "1");
    context.setCookie("b", "2", { maxAge: 60, secure: true, sameSite: "Strict", path: "/x" });
    context.responseHeaders.set("x-own", "context");
    context.responseHeaders.set("cache-control", "no-store");
    return new Response("body", { status: 201, headers: { "x-own": "response", "set-cookie": "c=3" } });
  });

  assertEquals([response.status, await response.text()], [201, "body"]);
  assertEquals(response.headers.get("x-own"), "response");
  assertEquals(response.headers.get("cache-control"), "no-store");
  const [c, a, b] = response.headers.getSetCookie();
  assertEquals(c, "c=3");
  assertMatch(a ?? "", /^a=1;.*HttpOnly/);
  assertMatch(b ?? "", /^b=2;.*Max-Age=60.*Secure.*SameSite=Strict/);
});

Deno.test("createWebHandler() never adds one client's cookie to a response that another one gets", async () => {
  const shared = new Response(null, { status: 204 });
  const handle: ExtraHandler[1] = (context) => {
    if (context.query.has("cookie")) context.setCookie("session", "secret");
    return shared;
  };
  const site = await createSite({ extraHandlers: [["/", handle]] });

  const first = await site.get("/?cookie");
  const second = await site.get("/");

  assertEquals(first.headers.getSetCookie().length, 1);
  assertEquals(second.headers.getSetCookie(), []);
  assertEquals(shared.headers.getSetCookie(), []);
});

Deno.test("createWebHandler() passes on a response that can not be changed", async () => {
  const { response } = await answer(() => Response.redirect("http://localhost/there", 307));

  assertEquals([response.status, response.headers.get("location")], [307, "http://localhost/there"]);
  assertEquals(response.headers.get("x-content-type-options"), "nosniff");
});

Deno.test("WebContext.authenticate() asks the service, and keeps the answer", async () => {
  const site = await createSite({
    authenticate: (context) => context.headers.get("x-user"),
    extraHandlers: [["/", async (context) => {
      const user = await context.authenticate();
      return user ? context.json([user, context.principal]) : context.text("who?", { status: 401 });
    }]],
  });

  const nobody = await site.get("/");
  const ann = await site.get("/", { "x-user": "ann" });

  assertEquals([nobody.status, await nobody.text()], [401, "who?"]);
  assertEquals(await ann.json(), ["ann", "ann"]);
});

const BODIES: readonly [
  what: string,
  body: () => BodyInit,
  headers: Record<string, string>,
  status: number,
][] = [
  ["a declared body at the limit", () => "x".repeat(10), { "content-length": "10" }, 200],
  ["a declared body over the limit", () => "x".repeat(11), { "content-length": "11" }, 413],
  ["an undeclared body at the limit", () => toStream(["xxxxx", "xxxxx"]), {}, 200],
  ["an undeclared body over the limit", () => toStream(["xxxxx", "xxxxxx"]), {}, 413],
];

for (const [what, makeBody, headers, status] of BODIES) {
  Deno.test(`createWebHandler() answers ${status} to ${what}`, async () => {
    const site = await createSite({
      maxBodyBytes: 10,
      extraHandlers: [["/", {
        post: async (context: WebContext) => context.text(await context.request.text()),
      }]],
    });
    const init = { method: "POST", body: makeBody(), headers, duplex: "half" };

    const response = await site.send("/", init);

    assertEquals(response.status, status);
    assertEquals(response.headers.get("connection"), status === 413 ? "close" : null);
    const expected = status === 200
      ? "x".repeat(10)
      : "Content Too Large\nThe body is larger than 10 bytes, the limit of the service\n";
    assertEquals(await response.text(), expected);
    assertEquals(site.logger.records, []);
  });
}

function toStream(parts: readonly string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(encoder.encode(part));
      controller.close();
    },
  });
}
