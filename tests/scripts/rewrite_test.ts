import { assertEquals, assertThrows } from "@std/assert";
import { placeFile } from "../../scripts/npm/build/layout.ts";
import { rewriteForNode, type Rewritten } from "../../scripts/npm/build/rewrite.ts";

const MAP: ReadonlyMap<string, string> = new Map([
  ["@std/http/cookie", "./std/cookie.ts"],
  ["@scope/tool", "npm:@scope/real-tool@~2.1.0/sub"],
  ["acorn", "npm:acorn@^8.19.0"],
]);

interface Row {
  what: string;
  path?: string;
  source: string;
  expected: string;
}

const ROWS: Row[] = [
  { what: "a relative import", source: `import "../errors.ts";`, expected: `import "../errors.js";` },
  { what: "an export from", source: `export * from "./a.ts";`, expected: `export * from "./a.js";` },
  { what: "an import type", source: `let a: import("./a.ts").A;`, expected: `let a: import("./a.js").A;` },
  { what: "a dynamic import", source: "await import(`./a.ts`);", expected: "await import(`./a.js`);" },
  {
    what: "the address of a module",
    source: `new URL("./worker.ts", import.meta.url);`,
    expected: `new URL("./worker.js", import.meta.url);`,
  },
  {
    what: "the address of a folder",
    source: `new URL("./templates/", import.meta.url);`,
    expected: `new URL("./templates/", import.meta.url);`,
  },
  {
    what: "a mapped package",
    source: `import { a } from "@scope/tool";`,
    expected: `import { a } from "@scope/real-tool/sub";`,
  },
  {
    what: "an adapter",
    source: `import { a } from "@std/http/cookie";`,
    expected: `import { a } from "../../std/cookie.js";`,
  },
  {
    what: "import.meta.main",
    source: `#!/usr/bin/env deno\nif (import.meta.main) run();`,
    expected:
      `import { isMain as __isMain } from "../../node/is_main.js"; \nif (__isMain(import.meta.url)) run();`,
  },
  {
    what: "Deno.test in a test",
    path: "tests/web/router_test.ts",
    source: `Deno.test("a", () => {});`,
    expected: `import { denoTest as __denoTest } from "../../node/deno_test.js"; __denoTest("a", () => {});`,
  },
];

const UNTOUCHED: Row[] = [
  { what: "a comment", source: `// import "./a.ts";`, expected: "" },
  { what: "a string", source: `const a = 'import "./a.ts"';`, expected: "" },
  { what: "a module of Node", source: `import "node:fs";`, expected: "" },
  { what: "the package itself", source: `import "@gemstone/gemstone/client";`, expected: "" },
  { what: "a computed import", source: `await import(name);`, expected: "" },
  { what: "Deno.test in a source", source: `export const a = Deno.test;`, expected: "" },
  {
    what: "an address outside the package",
    source: `new URL("../../deno.json", import.meta.url);`,
    expected: "",
  },
].map((row) => ({ ...row, expected: row.source }));

for (const { what, path, source, expected } of [...ROWS, ...UNTOUCHED]) {
  Deno.test(`rewriteForNode() ${source === expected ? "leaves" : "rewrites"} ${what}`, () => {
    const { text } = rewrite(source, path);

    assertEquals(text, expected);
  });
}

Deno.test("rewriteForNode() names the npm packages and the adapters that a file needs", () => {
  const { packages, needs } = rewrite(`import "acorn"; import "@scope/tool"; import "@std/http/cookie";`);

  assertEquals([...packages], [["acorn", "^8.19.0"], ["@scope/real-tool", "~2.1.0"]]);
  assertEquals(needs, ["scripts/npm/std/cookie.ts"]);
});

for (const specifier of ["hono", "__proto__", "@std/http", "../../scripts/task.ts"]) {
  Deno.test(`rewriteForNode() refuses to import "${specifier}"`, () => {
    assertThrows(
      () => rewrite(`import "${specifier}";`),
      Error,
      `Cannot build src/web/router.ts: "${specifier}"`,
    );
  });
}

function rewrite(source: string, path = "src/web/router.ts"): Rewritten {
  const input = placeFile(path);
  if (input === undefined) throw new Error(`${path} is not in the package`);
  return rewriteForNode(input, source, MAP, "@gemstone/gemstone");
}
