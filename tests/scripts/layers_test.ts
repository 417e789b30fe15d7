import { assertArrayIncludes, assertEquals } from "@std/assert";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkRepository } from "../../scripts/layers.ts";

const NAME = "@gemstone/gemstone";
const GOOD_TREE: Record<string, string> = {
  "deno.json": JSON.stringify({
    name: NAME,
    exports: { ".": "./mod.ts", "./client": "./src/client/mod.ts" },
    imports: {
      [NAME]: "./mod.ts",
      [`${NAME}/client`]: "./src/client/mod.ts",
      "@std/http/cookie": "jsr:@std/http@^1.1.3/cookie",
      "acorn": "npm:acorn@^8.19.0",
    },
  }),
  "scripts/npm/import_map.json": JSON.stringify({
    imports: {
      [NAME]: "../../mod.ts",
      [`${NAME}/client`]: "../../src/client/mod.ts",
      "@std/http/cookie": "./std/cookie.ts",
      "acorn": "npm:acorn@^8.19.0",
      "cookie": "npm:cookie@^1.1.1",
    },
  }),
  "scripts/npm/std/cookie.ts": "",
  "mod.ts": `export * from "./src/client/mod.ts";`,
  "src/errors.ts": `// import "./service/a.ts"; new Deno.Thing()\nexport const text = 'import "hono"';`,
  "src/rpc/message.ts": `import { text } from "../errors.ts";\nexport const message = text;`,
  "src/rpc/reply.ts": `import { message } from "./message.ts";\nexport const reply = message;`,
  "src/runtime/listen.ts": `import "node:http";\nexport const serve: unknown = Deno.serve;`,
  "src/client/mod.ts": `export { reply } from "../rpc/reply.ts";`,
  "src/service/a.ts": `import "acorn";\nimport "node:fs";\nawait import("amqplib");`,
  "tests/a_test.ts": `Deno.test("a", () => {});`,
};

interface Row {
  rule: string;
  files: Record<string, string>;
  expected: string;
}

const SOURCE_ROWS: Row[] = [
  {
    rule: "an import of a higher layer",
    files: { "src/rpc/reply.ts": `\nimport "../client/call.ts";` },
    expected:
      "src/rpc/reply.ts:2: imports src/client/call.ts of layer 2 from layer 1; only lower layers are allowed",
  },
  {
    rule: "an import of the same layer in another folder",
    files: { "src/config/a.ts": `export * from "../rpc/message.ts";` },
    expected:
      "src/config/a.ts:1: imports src/rpc/message.ts of layer 1 from layer 1; only lower layers are allowed",
  },
  {
    rule: "a type from a higher layer",
    files: { "src/errors.ts": `export type A = import("./rpc/message.ts").A;` },
    expected:
      "src/errors.ts:1: imports src/rpc/message.ts of layer 1 from layer 0; only lower layers are allowed",
  },
  {
    rule: "a dynamic import of a higher layer",
    files: { "src/rpc/a.ts": "await import(`../web/router.ts`);" },
    expected:
      "src/rpc/a.ts:1: imports src/web/router.ts of layer 3 from layer 1; only lower layers are allowed",
  },
  {
    rule: "a worker of a higher layer",
    files: { "src/runtime/a.ts": `new URL("../service/worker.ts", import.meta.url);` },
    expected:
      "src/runtime/a.ts:1: imports src/service/worker.ts of layer 4 from layer 1; only lower layers are allowed",
  },
  {
    rule: "an import of an entry file",
    files: { "src/service/b.ts": `import "../client/mod.ts";` },
    expected:
      "src/service/b.ts:1: imports the entry file src/client/mod.ts; import the file that holds the symbol",
  },
  {
    rule: "an import from outside src/",
    files: { "src/service/b.ts": `import "../../scripts/task.ts";` },
    expected: "src/service/b.ts:1: refers to scripts/task.ts, which is outside src/",
  },
  {
    rule: "a folder without a layer",
    files: { "src/utils/b.ts": `import "../errors.ts";` },
    expected: "src/utils/b.ts:1: is in src/utils/, which has no layer; add it to scripts/layers/rules.ts",
  },
  {
    rule: "a package that was not decided",
    files: { "src/web/b.ts": `import { Hono } from "hono/tiny";` },
    expected: `src/web/b.ts:1: imports "hono/tiny", which is not a decided dependency`,
  },
  {
    rule: "a heavy package that every service would load",
    files: { "src/events/b.ts": `import type { A } from "amqplib";\nimport { connect } from "amqplib";` },
    expected: `src/events/b.ts:2: loads "amqplib" with every service; use import type or await import()`,
  },
  {
    rule: "a runtime global outside src/runtime/",
    files: { "src/web/b.ts": `\n\nexport const args = globalThis.Deno?.args;` },
    expected: "src/web/b.ts:3: names Deno outside src/runtime/",
  },
  {
    rule: "a runtime module outside src/runtime/",
    files: { "src/web/b.ts": `import { createServer } from "node:http";` },
    expected: "src/web/b.ts:1: imports node:http, which only src/runtime/ may",
  },
  {
    rule: "a Deno API in a test",
    files: { "tests/b_test.ts": `Deno.test("b", () => Deno.cwd());` },
    expected: "tests/b_test.ts:1: uses Deno other than Deno.test; Node runs it too",
  },
  {
    rule: "a file that is too long",
    files: { "src/web/b.ts": `// text\n\n/** text */\n${"export {\n};\n".repeat(126)}` },
    expected: "src/web/b.ts: has 252 lines of code; split it above 250",
  },
];

const MAP_ROWS: Row[] = [
  {
    rule: "an export without its file",
    files: changed("deno.json", {
      exports: { ".": "./mod.ts", "./client": "./src/client/mod.ts", "./a": "./src/a.ts" },
    }),
    expected: "deno.json: exports ./src/a.ts, which is not there",
  },
  {
    rule: "an export that a map does not have",
    files: changed("deno.json", {
      exports: { ".": "./mod.ts", "./client": "./src/client/mod.ts", "./e": "./src/errors.ts" },
    }),
    expected: `scripts/npm/import_map.json: must map "${NAME}/e" to ../../src/errors.ts`,
  },
  {
    rule: "a specifier of our own that is not exported",
    files: changed("deno.json", { exports: { ".": "./mod.ts" } }),
    expected: `deno.json: does not export "${NAME}/client"`,
  },
  {
    rule: "a specifier that only deno.json has",
    files: changed("deno.json", { imports: { "@std/path": "jsr:@std/path@1" } }),
    expected: `scripts/npm/import_map.json: misses "@std/path", which deno.json has`,
  },
  {
    rule: "two versions of a package",
    files: changed("deno.json", { imports: { "acorn": "npm:acorn@^7.0.0" } }),
    expected:
      `scripts/npm/import_map.json: maps "acorn" to npm:acorn@^8.19.0, but deno.json to npm:acorn@^7.0.0`,
  },
  {
    rule: "an adapter that is not there",
    files: changed("scripts/npm/import_map.json", { imports: { "@std/http/cookie": "./std/biscuit.ts" } }),
    expected: `scripts/npm/import_map.json: maps "@std/http/cookie" to ./std/biscuit.ts, which is not there`,
  },
  {
    rule: "an adapter that deno.json does not know",
    files: changed("scripts/npm/import_map.json", { imports: { "@std/path": "./std/cookie.ts" } }),
    expected: `deno.json: misses "@std/path", which scripts/npm/import_map.json has`,
  },
];

Deno.test("checkRepository() accepts a tree that keeps all rules", async () => {
  const messages = await check({});

  assertEquals(messages, []);
});

for (const { rule, files, expected } of SOURCE_ROWS) {
  Deno.test(`checkRepository() reports ${rule}`, async () => {
    const messages = await check(files);

    assertEquals(messages, [expected]);
  });
}

for (const { rule, files, expected } of MAP_ROWS) {
  Deno.test(`checkRepository() reports ${rule}`, async () => {
    const messages = await check(files);

    assertArrayIncludes(messages, [expected]);
  });
}

/** A file of the good tree with other members: lists are replaced, `imports` are added to. */
function changed(path: string, members: Record<string, Record<string, string>>): Record<string, string> {
  const file = JSON.parse(GOOD_TREE[path] ?? "") as { imports: Record<string, string> };
  return {
    [path]: JSON.stringify({ ...file, ...members, imports: { ...file.imports, ...members.imports } }),
  };
}

async function check(files: Record<string, string>): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), "gemstone-layers-"));
  try {
    for (const [path, text] of Object.entries({ ...GOOD_TREE, ...files })) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    const violations = await checkRepository(root);
    return violations.map(({ path, line, message }) =>
      `${path}${line === undefined ? "" : `:${line}`}: ${message}`
    );
  } finally {
    await rm(root, { recursive: true });
  }
}
