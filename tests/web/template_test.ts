/** Pages from templates. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createFolder, createSite, type Site } from "./site.ts";

const TEMPLATES = {
  "hello.html": "hello {{ name }}",
  "raw.html": "{{ html | raw }}{{ html }}",
  "base.html": "<title>{% block title %}none{% endblock %}</title>{% block main %}empty{% endblock %}",
  "child.html": '{% layout "base.html" %}{% block main %}<p>{{ name }}</p>{% endblock %}',
  "extends.html": '{% extends "base.html" %}{% block title %}T{% endblock %}',
  "list.html": '{% for item in items %}{% render "parts/item.html", item: item %}{% endfor %}',
  "parts/item.html": "<li>{{ item.name }}</li>",
  "optional.html": '{% if user %}{{ user }}{% else %}nobody{% endif %} {{ nick | default: "none" }}',
  "vue.html": "{% raw %}{{ name }}{% endraw %}",
  "typo.html": "one\ntwo {{ nmae }}",
  "typo_inside.html": '{% render "parts/typo.html" %}',
  "parts/typo.html": "\n{{ inner }}",
  "filter.html": "one\ntwo\n{{ name | nope }}",
  "open.html": "one\n{% if name %}",
  "escape.html": '{% include "../secret.html" %}',
  "dynamic.html": "{% include name %}",
  "proto.html": "{{ name.constructor.name }}",
  "endless.html": "{% for i in (1..100000000) %}{% for j in (1..100000000) %}x{% endfor %}{% endfor %}",
};

/** A site that renders any template with the values in the query, beside a secret. */
async function createPages(reloadTemplates = false) {
  const folder = await createFolder({
    "secret.html": "top secret",
    ...Object.fromEntries(Object.entries(TEMPLATES).map(([name, text]) => [`pages/${name}`, text])),
  });
  const templateDir = join(folder.path, "pages");
  await symlink("../secret.html", join(templateDir, "link.html"));
  const site = await createSite({
    templateDir,
    reloadTemplates,
    extraHandlers: [["/:page(.*)", (context) => {
      const values = context.query.has("values") ? JSON.parse(context.query.get("values") ?? "") : {};
      return context.render(context.params["page"] ?? "", values);
    }]],
  });
  return { folder, site, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

function render(site: Site, page: string, values: unknown = {}): Promise<Response> {
  return site.get(`/${encodeURIComponent(page)}?values=${encodeURIComponent(JSON.stringify(values))}`);
}

const RENDERED: readonly [page: string, values: unknown, html: string][] = [
  ["hello.html", { name: "world" }, "hello world"],
  ["hello.html", { name: `<b>&"'` }, "hello &lt;b&gt;&amp;&#34;&#39;"],
  ["hello.html", { name: 0 }, "hello 0"],
  ["raw.html", { html: "<br>" }, "<br>&lt;br&gt;"],
  ["child.html", { name: "<ann>" }, "<title>none</title><p>&lt;ann&gt;</p>"],
  ["extends.html", {}, "<title>T</title>empty"],
  ["list.html", { items: [{ name: "a" }, { name: "<b>" }] }, "<li>a</li><li>&lt;b&gt;</li>"],
  ["list.html", { items: [] }, ""],
  ["optional.html", {}, "nobody none"],
  ["optional.html", { user: "ann", nick: "an" }, "ann an"],
  ["vue.html", {}, "{{ name }}"],
];

for (const [page, values, html] of RENDERED) {
  Deno.test(`WebContext.render() renders ${page} with ${JSON.stringify(values)}`, async () => {
    await using pages = await createPages();

    const response = await render(pages.site, page, values);

    assertEquals([response.status, await response.text()], [200, html]);
    assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
  });
}

const BROKEN: readonly [page: string, values: unknown, ...texts: string[]][] = [
  ["none.html", {}, 'Cannot render template "none.html"', "none.html"],
  ["typo.html", {}, "undefined variable: nmae", "typo.html, line:2"],
  ["typo_inside.html", {}, "undefined variable: inner", "parts/typo.html, line:2"],
  ["filter.html", { name: "x" }, "undefined filter: nope", "filter.html, line:3"],
  ["open.html", { name: "x" }, "not closed", "open.html, line:2"],
  ["escape.html", {}, "../secret.html", "escape.html, line:1"],
  ["dynamic.html", { name: "../secret.html" }, "../secret.html", "dynamic.html, line:1"],
  ["proto.html", { name: {} }, "proto.html, line:1"],
  ["endless.html", {}, "limit exceeded", "endless.html, line:1"],
  ["../secret.html", {}, 'Cannot render template "../secret.html"'],
  ["link.html", {}, 'Cannot render template "link.html"'],
  ["/etc/passwd", {}, 'Cannot render template "/etc/passwd"'],
  ["parts", {}, 'Cannot render template "parts"'],
  ["hello.html\0", {}, "give the name of a file in templateDir"],
  ["", {}, "give the name of a file in templateDir"],
];

for (const [page, values, ...texts] of BROKEN) {
  Deno.test(`WebContext.render() answers 500 to ${JSON.stringify(page)}, and logs why`, async () => {
    await using pages = await createPages();

    const response = await render(pages.site, page, values);

    assertEquals([response.status, await response.text()], [500, "Internal Server Error\n"]);
    const logged = String(pages.site.logger.records[0]?.properties?.["error"]);
    for (const text of texts) assertStringIncludes(logged, text);
    assertEquals(logged.includes("top secret"), false);
  });
}

Deno.test("WebContext.render() reads a template once", async () => {
  await using pages = await createPages();
  const before = await (await render(pages.site, "list.html", { items: [{ name: "a" }] })).text();

  await pages.folder.write({ "pages/list.html": "changed", "pages/parts/item.html": "changed" });
  const after = await (await render(pages.site, "list.html", { items: [{ name: "a" }] })).text();

  assertEquals([before, after], ["<li>a</li>", "<li>a</li>"]);
});

Deno.test("WebContext.render() sees each change with reloadTemplates", async () => {
  await using pages = await createPages(true);
  await (await render(pages.site, "child.html", { name: "a" })).text();

  await pages.folder.write({ "pages/base.html": "<main>{% block main %}{% endblock %}</main>" });
  const after = await (await render(pages.site, "child.html", { name: "a" })).text();

  assertEquals(after, "<main><p>a</p></main>");
});

Deno.test("WebContext.render() answers again once a template has been mended", async () => {
  await using pages = await createPages();
  await (await render(pages.site, "filter.html", { name: "x" })).text();

  await pages.folder.write({ "pages/filter.html": "{{ name }}" });

  assertEquals(await (await render(pages.site, "filter.html", { name: "x" })).text(), "x");
});

Deno.test("WebContext.render() takes status and headers, and values without a prototype", async () => {
  await using folder = await createFolder({ "missing.xml": "<a>{{ name }}</a>" });
  const site = await createSite({
    templateDir: pathToFileURL(folder.path),
    extraHandlers: [["/", (context) => {
      const values = Object.assign(Object.create(null), { name: "x" });
      return context.render("missing.xml", values, {
        status: 404,
        headers: { "content-type": "application/xml" },
      });
    }]],
  });

  const response = await site.get("/");

  assertEquals([response.status, response.headers.get("content-type")], [404, "application/xml"]);
  assertEquals(await response.text(), "<a>x</a>");
});

Deno.test("createWebHandler() refuses a templateDir that is none", async () => {
  await using folder = await createFolder({ "file": "" });

  await assertRejects(
    () => createSite({ templateDir: "./none-such" }),
    TypeError,
    'Cannot use "./none-such"',
  );
  await assertRejects(
    () => createSite({ templateDir: join(folder.path, "file") }),
    TypeError,
    "is no directory",
  );
  await assertRejects(() => createSite({ templateDir: "" }), TypeError, "as templateDir: give a path");
});
