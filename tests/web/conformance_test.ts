/** The conformance cases of the web part, against the web part alone. */
import { assert, assertEquals } from "@std/assert";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { readCases } from "../conformance/case.ts";
import { CASE_FILES, playCase } from "../conformance/play.ts";
import { createFolder, createSite, listenFor } from "./site.ts";

/** The files, templates and handlers that the first element of the cases asks for. */
async function startSite() {
  const folder = await createFolder({
    "secret.txt": "top secret",
    "static/static1": "this is static 1",
    "static/static2": "this is static 2",
    "static/page.html": "<p>page</p>",
    "static/sub/inner.txt": "inner",
    "templates/template1.html": "This is template 1",
    "templates/template2.html": "hello {{ name }}",
  });
  await symlink("../secret.txt", join(folder.path, "static", "link"));
  const site = await createSite({
    staticDirs: [["/static", join(folder.path, "static")]],
    templateDir: join(folder.path, "templates"),
    extraHandlers: [
      ["/tmp1", (context) => context.render("template1.html")],
      ["/tmp2", (context) => context.render("template2.html", { name: "world" })],
      ["/tmp3", (context) => context.render("template2.html", { name: context.query.get("name") })],
      ["/service-name", (context) => context.text(context.microservice.name)],
      ["/items/:id", (context) => context.text(`item ${context.params["id"]}`)],
      ["/api", { all: () => new Response("shadow") }],
    ],
  });
  const server = await listenFor(site);
  return {
    base: `http://127.0.0.1:${server.port}`,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const cases = (await Promise.all(CASE_FILES.map(readCases))).flat().filter(({ id }) => id.startsWith("WEB-"));

Deno.test("the conformance cases have some about the web part", () => {
  assert(cases.length >= 12, `${cases.length} cases`);
});

for (const webCase of cases) {
  Deno.test(`createWebHandler() passes the conformance case ${webCase.id}: ${webCase.note ?? ""}`, async () => {
    await using site = await startSite();

    assertEquals(await playCase(webCase, site.base), []);
  });
}
