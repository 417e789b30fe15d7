/** Pages of other origins, and what browsers are told to do with a response. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type CorsOptions, createCors, wrapWithCors } from "../../src/web/cors.ts";
import type { SecurityHeaders } from "../../src/web/security_headers.ts";
import { createFolder, createSite } from "./site.ts";

const [APP, EVIL] = ["https://app.example", "https://evil.example"];

function createPreflight(origin: string, headers: Record<string, string> = {}): Request {
  const asked = { origin, "access-control-request-method": "POST", ...headers };
  return new Request("http://localhost/", { method: "OPTIONS", headers: asked });
}

/** The headers of CORS in a response. */
function readCors(response: Response): Record<string, string> {
  const named = [...response.headers].filter(([name]) =>
    name.startsWith("access-control-") || name === "vary"
  );
  return Object.fromEntries(named.map(([name, value]) => [name.replace("access-control-", ""), value]));
}

const request = (origin?: string) =>
  new Request("http://localhost/", { headers: origin === undefined ? {} : { origin } });

Deno.test("createCors() lets any page call and read by default, without cookies", () => {
  const cors = createCors(true);

  const preflight = cors.answerPreflight(createPreflight(EVIL, {
    "access-control-request-headers": "content-type, x-api-token, bad name,\u00e9",
  }));
  const applied = cors.apply(request(EVIL), new Response("body"));

  assertEquals(preflight?.status, 204);
  assertEquals(readCors(preflight!), {
    "allow-headers": "content-type, x-api-token",
    "allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "allow-origin": "*",
    "max-age": "600",
    "vary": "Origin, Access-Control-Request-Headers",
  });
  assertEquals(readCors(applied), { "allow-origin": "*" });
});

Deno.test("createCors() lets the origins of a list, and nobody else", async () => {
  const cors = createCors({
    origins: [APP],
    credentials: true,
    methods: ["POST"],
    headers: ["content-type"],
    exposedHeaders: ["x-total"],
    maxAgeSeconds: 5,
  });

  assertEquals(readCors(cors.answerPreflight(createPreflight(APP))!), {
    "allow-credentials": "true",
    "allow-headers": "content-type",
    "allow-methods": "POST",
    "allow-origin": APP,
    "max-age": "5",
    "vary": "Origin, Access-Control-Request-Headers",
  });
  assertEquals(readCors(cors.apply(request(APP), new Response())), {
    "allow-credentials": "true",
    "allow-origin": APP,
    "expose-headers": "x-total",
    "vary": "Origin",
  });
  const refused = cors.answerPreflight(createPreflight(EVIL))!;
  assertEquals([refused.status, readCors(refused)], [403, { vary: "Origin" }]);
  await refused.body?.cancel();
  for (const origin of [EVIL, undefined, "null", `${APP}.evil.example`, "https://app.example:8443"]) {
    assertEquals(readCors(cors.apply(request(origin), new Response())), { vary: "Origin" });
  }
});

Deno.test("createCors() asks a function", () => {
  const cors = createCors({ origins: (origin) => origin.endsWith(".example") });

  assertEquals(readCors(cors.apply(request(APP), new Response()))["allow-origin"], APP);
  assertEquals(
    readCors(cors.apply(request("https://example.org"), new Response()))["allow-origin"],
    undefined,
  );
});

Deno.test("createCors() changes nothing when it is applied twice, and keeps what is there", async () => {
  const cors = createCors({ origins: [APP] });
  const response = new Response("body", { status: 201, headers: { vary: "Accept, origin", "x-own": "1" } });

  const twice = cors.apply(request(APP), cors.apply(request(APP), response));

  assertEquals(readCors(twice), { "allow-origin": APP, vary: "Accept, origin" });
  assertEquals([twice.status, twice.headers.get("x-own"), await twice.text()], [201, "1", "body"]);
});

Deno.test("createCors() takes other requests for no preflight", () => {
  const cors = createCors(true);
  const options = (headers: Record<string, string>) =>
    new Request("http://localhost/", { method: "OPTIONS", headers });

  assertEquals(cors.answerPreflight(options({})), undefined);
  assertEquals(cors.answerPreflight(options({ origin: APP })), undefined);
  assertEquals(cors.answerPreflight(options({ "access-control-request-method": "POST" })), undefined);
  assertEquals(cors.answerPreflight(request(APP)), undefined);
});

const WRONG: readonly [options: unknown, text: string][] = [
  [{ credentials: true }, "Cannot use true as cors.credentials"],
  [{ credentials: true, origins: "*" }, 'true only together with "origins"'],
  [{ origins: ["app.example"] }, 'Cannot use ["app.example"] as cors.origins'],
  [{ origins: ["https://app.example/"] }, "as cors.origins"],
  [{ origins: "https://app.example" }, "as cors.origins"],
  [{ origins: ["*"] }, "as cors.origins"],
  [{ methods: ["GET\r\nx: y"] }, "as cors.methods"],
  [{ headers: "content-type" }, "as cors.headers"],
  [{ maxAgeSeconds: -1 }, "Cannot use -1 as cors.maxAgeSeconds"],
  [null, "Cannot use null as cors"],
];

for (const [options, text] of WRONG) {
  Deno.test(`createCors() refuses ${JSON.stringify(options)}`, () => {
    assertThrows(() => createCors(options as CorsOptions), TypeError, text);
  });
}

Deno.test("createWebHandler() applies cors to handlers, files, errors and preflights", async () => {
  await using folder = await createFolder({ "a.txt": "text" });
  const site = await createSite({
    cors: { origins: [APP] },
    extraHandlers: [["/page", (context) => context.text("page")]],
    staticDirs: [["/static", folder.path]],
  });

  for (const path of ["/page", "/static/a.txt", "/none"]) {
    const response = await site.get(path, { origin: APP });
    assertEquals(response.headers.get("access-control-allow-origin"), APP);
    await response.body?.cancel();
  }
  const preflight = await site.fetch(createPreflight(APP));
  assertEquals([preflight.status, preflight.headers.get("access-control-allow-origin")], [204, APP]);
});

Deno.test("createWebHandler() answers 500 and logs when the function of cors throws", async () => {
  const origins = () => {
    throw new Error("no list");
  };
  const site = await createSite({
    cors: { origins },
    extraHandlers: [["/", (context) => context.text("x")]],
  });

  const response = await site.get("/", { origin: APP });

  assertEquals([response.status, await response.text()], [500, "Internal Server Error\n"]);
  assertEquals(site.logger.records.map(({ message }) => message), ["Cannot answer GET /"]);
});

Deno.test("wrapWithCors() answers preflights, and lets pages read what others answer", async () => {
  const fetch = wrapWithCors(createCors({ origins: [APP] }), () => new Response("body"), () => {
    throw new Error("nothing fails here");
  });

  assertEquals((await fetch(createPreflight(APP))).status, 204);
  const response = await fetch(request(APP));
  assertEquals([response.headers.get("access-control-allow-origin"), await response.text()], [APP, "body"]);
});

Deno.test("createWebHandler() lets no other origin read without cors", async () => {
  const site = await createSite({ extraHandlers: [["/", (context) => context.text("page")]] });

  assertEquals(readCors(await site.get("/", { origin: APP })), {});
});

Deno.test("securityHeaders go with each response, and leave what a handler has set", async () => {
  const site = await createSite({
    extraHandlers: [
      ["/page", (context) => context.html("<p>")],
      ["/own", (context) => context.html("<p>", { headers: { "x-frame-options": "DENY" } })],
    ],
  });
  const read = async (path: string) => {
    const { headers } = await site.get(path);
    return ["x-content-type-options", "x-frame-options", "content-security-policy"].map((name) =>
      headers.get(name)
    );
  };

  assertEquals(await read("/page"), ["nosniff", "SAMEORIGIN", null]);
  assertEquals(await read("/own"), ["nosniff", "DENY", null]);
  assertEquals(await read("/none"), ["nosniff", "SAMEORIGIN", null]);
});

Deno.test("securityHeaders can be chosen, or be left out", async () => {
  const page = ["/", () => new Response("x")] as const;
  const chosen = await createSite({
    extraHandlers: [page],
    securityHeaders: {
      frameOptions: false,
      contentSecurityPolicy: "default-src 'self'",
      referrerPolicy: "no-referrer",
    },
  });
  const none = await createSite({ extraHandlers: [page], securityHeaders: false });
  const read = async (site: typeof none) =>
    Object.fromEntries([...(await site.get("/")).headers].filter(([name]) => name !== "content-type"));

  assertEquals(await read(chosen), {
    "content-security-policy": "default-src 'self'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  assertEquals(await read(none), {});
});

const WRONG_HEADERS: readonly [options: unknown, text: string][] = [
  [{ csp: "x" }, 'Cannot use "csp" in securityHeaders'],
  [{ constructor: "x" }, 'Cannot use "constructor" in securityHeaders'],
  [{ contentSecurityPolicy: true }, "Cannot use true as contentSecurityPolicy"],
  [{ referrerPolicy: "a\r\nb: c" }, "as referrerPolicy in securityHeaders"],
  ["on", "Cannot use on as securityHeaders"],
  [null, "Cannot use null as securityHeaders"],
];

for (const [options, text] of WRONG_HEADERS) {
  Deno.test(`createWebHandler() refuses securityHeaders ${JSON.stringify(options)}`, async () => {
    const securityHeaders = options as SecurityHeaders;

    await assertRejects(() => createSite({ securityHeaders }), TypeError, text);
  });
}
