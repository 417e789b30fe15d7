/** Files of static directories: what is sent, and with which headers. */
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { StaticDir } from "../../src/web/static_directory.ts";
import { createFolder, createSite, LONG_AGO } from "./site.ts";

const FILES = {
  "a.txt": "text",
  "page.html": "<p>page</p>",
  "naked": "no ending",
  "empty": "",
  "sub/inner.txt": "inner",
  "sub/index.html": "index",
  "other/x.txt": "x",
  "ünï cödé.txt": "unicode",
  ".hidden": "hidden",
  ".git/config": "hidden",
  ".well-known/security.txt": "well known",
};

Deno.test("staticDirs sends a file with type, length and validators", async () => {
  await using folder = await createFolder(FILES);
  const site = await createSite({ staticDirs: [["/static", folder.path]] });

  const response = await site.get("/static/a.txt");

  assertEquals(response.status, 200);
  assertEquals(Object.fromEntries(response.headers), {
    "accept-ranges": "bytes",
    "cache-control": "no-cache",
    "content-length": "4",
    "content-type": "text/plain; charset=utf-8",
    "etag": `"4-${LONG_AGO.getTime().toString(16)}"`,
    "last-modified": "Mon, 06 May 2024 07:08:09 GMT",
    "referrer-policy": "strict-origin-when-cross-origin",
    "vary": "Accept-Encoding",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
  });
  assertEquals(await response.text(), "text");
});

const SENT: readonly [path: string, body: string, type: string][] = [
  ["/static/page.html", "<p>page</p>", "text/html; charset=utf-8"],
  ["/static/naked", "no ending", "application/octet-stream"],
  ["/static/empty", "", "application/octet-stream"],
  ["/static/sub/inner.txt", "inner", "text/plain; charset=utf-8"],
  ["/static/sub/../a.txt", "text", "text/plain; charset=utf-8"],
  ["/static/%61.txt", "text", "text/plain; charset=utf-8"],
  ["/static/%C3%BCn%C3%AF%20c%C3%B6d%C3%A9.txt", "unicode", "text/plain; charset=utf-8"],
  ["/static/a.txt?query=../x", "text", "text/plain; charset=utf-8"],
  ["/static/.well-known/security.txt", "well known", "text/plain; charset=utf-8"],
];

for (const [path, body, type] of SENT) {
  Deno.test(`staticDirs sends ${path}`, async () => {
    await using folder = await createFolder(FILES);
    const site = await createSite({ staticDirs: [["/static/", folder.path]] });

    const response = await site.get(path);

    assertEquals([response.status, await response.text()], [200, body]);
    assertEquals(response.headers.get("content-type"), type);
  });
}

const ABSENT = [
  "/static",
  "/static/",
  "/static/none",
  "/static/a.txt/",
  "/static/a.txt/x",
  "/static/sub",
  "/static/sub/",
  "/static/.hidden",
  "/static/.git/config",
  "/static//a.txt",
  "/static/A.TXT",
  "/staticx/a.txt",
  "/a.txt",
  `/static/${"x".repeat(5_000)}`,
];

for (const path of ABSENT) {
  Deno.test(`staticDirs answers 404 to ${path.slice(0, 40)}`, async () => {
    await using folder = await createFolder(FILES);
    const site = await createSite({ staticDirs: [["/static", folder.path]] });

    const response = await site.get(path);

    assertEquals([response.status, await response.text()], [404, "Not Found\n"]);
    assertEquals(site.logger.records, []);
  });
}

Deno.test("staticDirs answers HEAD like GET, without the body", async () => {
  await using folder = await createFolder(FILES);
  const site = await createSite({ staticDirs: [["/static", folder.path]] });

  const [get, head] = [await site.get("/static/a.txt"), await site.send("/static/a.txt", { method: "HEAD" })];

  assertEquals(Object.fromEntries(head.headers), Object.fromEntries(get.headers));
  assertEquals([head.status, head.body], [200, null]);
  await get.body?.cancel();
});

Deno.test("staticDirs answers other verbs with 405, and OPTIONS with the list", async () => {
  await using folder = await createFolder(FILES);
  const site = await createSite({ staticDirs: [["/static", folder.path]] });

  for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
    const response = await site.send("/static/a.txt", { method });
    assertEquals([response.status, response.headers.get("allow")], [405, "GET, HEAD, OPTIONS"]);
    await response.body?.cancel();
  }
  const options = await site.send("/static/a.txt", { method: "OPTIONS" });
  assertEquals([options.status, options.headers.get("allow")], [204, "GET, HEAD, OPTIONS"]);
});

Deno.test("staticDirs come after the handlers, and in the order of the list", async () => {
  await using first = await createFolder({ "a.txt": "first", "handled.txt": "file" });
  await using second = await createFolder({ "a.txt": "second", "b.txt": "second" });
  const site = await createSite({
    extraHandlers: [["/handled.txt", (context) => context.text("handler")]],
    staticDirs: [["/", first.path], ["/", pathToFileURL(second.path)]],
  });

  assertEquals(await (await site.get("/handled.txt")).text(), "handler");
  assertEquals(await (await site.get("/a.txt")).text(), "first");
  assertEquals(await (await site.get("/b.txt")).text(), "second");
});

Deno.test("staticDirs sends the index of a directory where it is told its name", async () => {
  await using folder = await createFolder({ ...FILES, "index.html": "root" });
  const site = await createSite({ staticDirs: [["/", folder.path, { index: "index.html" }]] });

  const root = await site.get("/");
  const sub = await site.get("/sub/");
  const other = await site.get("/other/");

  assertEquals([root.status, await root.text()], [200, "root"]);
  assertEquals(root.headers.get("content-type"), "text/html; charset=utf-8");
  assertEquals([sub.status, await sub.text()], [200, "index"]);
  assertEquals([other.status, await other.text()], [404, "Not Found\n"]);
});

Deno.test("staticDirs leads from a directory without slash to the one with it", async () => {
  await using folder = await createFolder({ ...FILES, "index.html": "root" });
  const site = await createSite({ staticDirs: [["/static", folder.path, { index: "index.html" }]] });

  for (const path of ["/static", "/static/sub"]) {
    const response = await site.get(`${path}?a=b`);
    assertEquals([response.status, response.headers.get("location")], [301, `${path}/?a=b`]);
  }
});

Deno.test("staticDirs never leads to another host", async () => {
  await using folder = await createFolder({ "evil.example/index.html": "index" });
  const site = await createSite({ staticDirs: [["/", folder.path, { index: "index.html" }]] });

  for (
    const path of [
      "//evil.example",
      "/%2Fevil.example",
      "/\\evil.example",
      "/%5Cevil.example",
      "///evil.example",
    ]
  ) {
    const response = await site.get(path);
    assertEquals([response.status, response.headers.get("location")], [404, null]);
    await response.body?.cancel();
  }
});

Deno.test("staticDirs lists a directory where it is asked to", async () => {
  await using folder = await createFolder({
    ...FILES,
    "sub/<img src=x onerror='alert(1)'>&.txt": "html",
    "sub/javascript:alert(1)": "no script",
    "sub/deeper/x": "x",
    "sub/.hidden": "hidden",
  });
  const site = await createSite({ staticDirs: [["/static", folder.path, { listing: true }]] });

  const response = await site.get("/static/sub/");
  const html = await response.text();

  assertEquals([response.status, response.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
  assertStringIncludes(html, '<a href="../">../</a>');
  assertStringIncludes(html, '<a href="./deeper/">deeper/</a>');
  assertStringIncludes(html, '<a href="./javascript%3Aalert(1)">');
  assertStringIncludes(html, "&lt;img src=x onerror=&#39;alert(1)&#39;>&amp;.txt</a>");
  assertEquals([html.includes("hidden"), html.includes("<img")], [false, false]);
  assertEquals((await (await site.get("/static/")).text()).includes("../"), false);
});

Deno.test("staticDirs tells for how long a file is good", async () => {
  await using folder = await createFolder(FILES);
  const caching = async (options: StaticDir[2]) => {
    const site = await createSite({ staticDirs: [["/", folder.path, options ?? {}]] });
    return (await site.send("/a.txt", { method: "HEAD" })).headers.get("cache-control");
  };

  assertEquals(await caching({ maxAgeMs: 60_500 }), "max-age=60");
  assertEquals(await caching({ maxAgeMs: 3_600_000, immutable: true }), "max-age=3600, immutable");
  assertEquals(await caching({ maxAgeMs: 0, immutable: true }), "no-cache");
});

Deno.test("staticDirs sends a file as it is now", async () => {
  await using folder = await createFolder(FILES);
  const site = await createSite({ staticDirs: [["/", folder.path]] });
  const before = await site.get("/a.txt");

  await writeFile(join(folder.path, "a.txt"), "changed");
  const after = await site.get("/a.txt", { "if-none-match": before.headers.get("etag") ?? "" });

  assertEquals([await before.text(), await after.text()], ["text", "changed"]);
  // So young that it may change again within the same millisecond.
  assertMatch(after.headers.get("etag") ?? "", /^W\/"7-/);
});

const WRONG: readonly [what: string, dirs: unknown, text: string][] = [
  ["no list", "/static", 'as staticDirs: give a list, as in: [["/static", "./static"]]'],
  ["no pair", [["/static"]], "[urlPrefix, directory, options?]"],
  ["a relative prefix", [["static", "."]], 'Cannot use "static" as a prefix in staticDirs'],
  ["a prefix that is a host", [["//static", "."]], 'Cannot use "//static" as a prefix'],
  ["a prefix with a query", [["/static?x", "."]], 'Cannot use "/static?x" as a prefix'],
  ["a directory that is no text", [["/static", 7]], 'Cannot use 7 as the directory of "/static"'],
  ["an address on the web", [["/static", new URL("http://localhost/")]], "give a path, or a file: URL"],
  ["a missing directory", [["/static", "./none-such"]], 'Cannot use "./none-such" in staticDirs: ENOENT'],
  ["a file", [["/static", new URL(import.meta.url)]], "it is no directory; give one"],
  [
    "an unknown option",
    [["/static", ".", { indx: "index.html" }]],
    'Cannot use "indx" as an option of "/static"',
  ],
  ["an option of Object", [["/static", ".", { constructor: 1 }]], 'Cannot use "constructor" as an option'],
  ["an index outside", [["/static", ".", { index: "../index.html" }]], 'as index of "/static" in staticDirs'],
  ["a negative age", [["/static", ".", { maxAgeMs: -1 }]], 'Cannot use -1 as maxAgeMs of "/static"'],
  ["no options", [["/static", ".", null]], 'Cannot use null as the options of "/static"'],
];

for (const [what, dirs, text] of WRONG) {
  Deno.test(`createWebHandler() refuses ${what} among the staticDirs`, async () => {
    await assertRejects(() => createSite({ staticDirs: dirs as StaticDir[] }), TypeError, text);
  });
}
