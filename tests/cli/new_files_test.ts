import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { VERSION } from "../../src/cli/version.ts";
import { createProjectFiles } from "../../src/cli/new/project_files.ts";
import { toComment, toMarkdown } from "../../src/cli/new/template_text.ts";
import { createOptions, HOSTILE_TEXTS } from "./new_fixture.ts";

const WEB = [
  "handlers/index.ts",
  "static/app.js",
  "static/style.css",
  "templates/base.html",
  "templates/index.html",
];
const COMMON = [".gitignore", "README.md", "main.ts", "service.ts", "service_test.ts", ...WEB];

Deno.test("createProjectFiles() makes a project for Deno", () => {
  const files = createProjectFiles(createOptions());

  assertEquals([...files.keys()].sort(), [...COMMON, "deno.json"].sort());
});

Deno.test("createProjectFiles() makes a project for Node", () => {
  const files = createProjectFiles(createOptions({ runtime: "node" }));

  const own = ["package.json", "tsconfig.build.json", "tsconfig.json"];
  assertEquals([...files.keys()].sort(), [...COMMON, ...own].sort());
});

for (const runtime of ["deno", "node"] as const) {
  Deno.test(`createProjectFiles() leaves nothing of the web page where it is not wanted, on ${runtime}`, () => {
    const withPage = createProjectFiles(createOptions({ runtime }));
    const files = createProjectFiles(createOptions({ runtime, hasWeb: false }));

    assertEquals([...withPage.keys()].filter((path) => !files.has(path)).sort(), WEB);
    for (const [path, text] of files) {
      assertFalse(/page|static|template|extraHandlers|--allow-read/i.test(text), `${path}: ${text}`);
    }
  });
}

for (const [runtime, way] of [["deno", /"links": \["/], ["node", /npm install <checkout>\/npm/]] as const) {
  Deno.test(`createProjectFiles() says how to run before a registry has the library, on ${runtime}`, () => {
    const readme = createProjectFiles(createOptions({ runtime })).get("README.md")!;

    assertMatch(readme, new RegExp(`Until Gemstone ${VERSION} is published[^]*${way.source}[^]*It listens`));
  });
}

Deno.test("createProjectFiles() lets a service for Deno read the files of its page alone", () => {
  const { tasks } = JSON.parse(createProjectFiles(createOptions()).get("deno.json")!);

  for (const task of [tasks.start, tasks.dev, tasks.test]) {
    assertMatch(
      task,
      /^deno \w+ (--watch=templates )?--allow-net --allow-env --allow-read=static,templates( main\.ts)?$/,
    );
  }
});

Deno.test("createProjectFiles() adds the event handler where it is wanted", () => {
  const without = createProjectFiles(createOptions()).get("service.ts")!;
  const withEvents = createProjectFiles(createOptions({ hasEvents: true })).get("service.ts")!;

  assertMatch(withEvents, /@eventHandler\("user_registered"\)/);
  assertFalse(/event/i.test(without));
});

Deno.test("createProjectFiles() takes all names from the one that is given", () => {
  for (const runtime of ["deno", "node"] as const) {
    const files = createProjectFiles(
      createOptions({ name: "BillingGate", description: "Bills.", runtime, port: 8765 }),
    );
    const service = files.get("service.ts")!;

    assertMatch(service, /export class BillingGateService extends MicroService/);
    assertMatch(service, /override name = "billing_gate";/);
    assertMatch(service, /override port = 8765;/);
    assertMatch(files.get("main.ts")!, /await new BillingGateService\(\)\.start\(\);/);
    assertMatch(files.get("README.md")!, /http:\/\/127\.0\.0\.1:8765\/api[^]*BILLING_GATE_API_TOKEN/);
    for (const text of files.values()) assertFalse(/undefined;|\[object|order/i.test(text), text);
  }
});

Deno.test("createProjectFiles() pins the packages of a project within a major version", () => {
  const { imports } = JSON.parse(createProjectFiles(createOptions()).get("deno.json")!);
  const manifest = JSON.parse(createProjectFiles(createOptions({ runtime: "node" })).get("package.json")!);

  const ranges = [...Object.values(manifest.dependencies), ...Object.values(manifest.devDependencies)];
  for (const range of ranges) assertMatch(String(range), /^\^\d+\.\d+\.\d+$/);
  for (const target of Object.values(imports)) assertMatch(String(target), /^jsr:@[\w/]+@\^\d+\.\d+\.\d+$/);
  assertEquals(Object.keys(manifest.dependencies), ["@gemstone/gemstone"]);
});

for (const text of HOSTILE_TEXTS) {
  Deno.test(`createProjectFiles() keeps the description ${JSON.stringify(text.slice(0, 30))} a text`, () => {
    for (const runtime of ["deno", "node"] as const) {
      const options = createOptions({
        description: text,
        author: text,
        runtime,
        hasEvents: true,
      });
      const files = createProjectFiles(options);
      const plain = createProjectFiles({ ...options, description: "Plain.", author: "Plain." });

      for (const [path, content] of files) {
        assert(content.endsWith("\n") && !content.endsWith("\n\n"), path);
        assertEquals(content.split("\n").length, plain.get(path)?.split("\n").length, path);
        if (path.endsWith(".json")) JSON.parse(content);
      }
      const [, comment] = /\n\/\*\* (.*) \*\/\nexport class/.exec(files.get("service.ts")!) ?? [];
      assertEquals(comment, toComment(text));
      assertFalse(comment?.includes("*/"));
      for (const path of ["static/app.js", "templates/base.html", "templates/index.html"]) {
        assertEquals(files.get(path), plain.get(path));
      }
    }
    const manifest = createProjectFiles(createOptions({ description: text, author: text, runtime: "node" }));
    const { description, author } = JSON.parse(manifest.get("package.json")!);
    assertEquals([description, author], [text, text]);
  });
}

const MARKDOWN: [text: string, expected: string][] = [
  ["plain text, really.", "plain text, really."],
  ["order_desk", "order_desk"],
  ["_order_", "\\_order\\_"],
  ["__a__", "\\_\\_a\\_\\_"],
  ["# a", "\\# a"],
  ["1. a", "1\\. a"],
  ["2) a", "2\\) a"],
  ["a 1. b # c - d", "a 1. b # c - d"],
  ["- a", "\\- a"],
  ["<b>*a*</b>", "\\<b\\>\\*a\\*\\</b\\>"],
  ["[a](b)", "\\[a\\](b)"],
  ["  a\t b ", "a b"],
];

for (const [text, expected] of MARKDOWN) {
  Deno.test(`toMarkdown() writes ${JSON.stringify(text)}`, () => {
    assertEquals(toMarkdown(text), expected);
  });
}
