import { assertEquals } from "@std/assert";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkDeadExports } from "../../scripts/dead_exports.ts";

const TREE: Record<string, string> = {
  "deno.json": JSON.stringify({ exports: { ".": "./mod.ts", "./cli": "./src/cli/main.ts" } }),
  "mod.ts": `export { start as run } from "./src/start.ts";\nexport * from "./src/all.ts";`,
  "src/all.ts": `export const one = 1;\nexport const two = 2;`,
  "src/cli/main.ts": `export {};`,
  "src/start.ts": `export function start(): void {}`,
  "tests/a_test.ts": `import { hidden } from "../src/start.ts";`,
};

interface Row {
  title: string;
  files: Record<string, string>;
  expected?: string;
}

const UNUSED = "src/x.ts:1: exports a, which no other file of src/ imports";
const ONE_EXPORT = { "src/x.ts": `export const a = 1;` };

const ROWS: Row[] = [
  { title: "a tree in which all is used", files: {} },
  {
    title: "a file that nobody imports",
    files: ONE_EXPORT,
    expected: "src/x.ts: no entry of deno.json leads to this file",
  },
  {
    title: "an export that only a test imports",
    files: { "src/start.ts": `export const start = 1;\nexport const hidden = 2;` },
    expected: "src/start.ts:2: exports hidden, which no other file of src/ imports",
  },
  {
    title: "a re-export that nobody imports",
    files: {
      "src/start.ts": `import { c } from "./y.ts";\nexport const start = c;`,
      "src/y.ts": `export const c = 1;\nexport { a } from "./x.ts";\nimport { a } from "./x.ts";`,
      ...ONE_EXPORT,
    },
    expected: "src/y.ts:2: exports a, which no other file of src/ imports",
  },
  {
    title: "a name in a comment",
    files: { ...loads(`// import { a } from "./x.ts"\nimport "./x.ts";`) },
    expected: UNUSED,
  },
  { title: "an import for the effect alone", files: loads(`import "./x.ts";`), expected: UNUSED },
  { title: "an address", files: loads(`new URL("./x.ts", import.meta.url);`), expected: UNUSED },
  { title: "another name", files: loads(`(await import("./x.ts")).b;`), expected: UNUSED },
  { title: "a static import", files: loads(`import { a as b } from "./x.ts";`) },
  { title: "a type import", files: loads(`import type { a } from "./x.ts";`) },
  { title: "a namespace import", files: loads(`import * as x from "./x.ts";`) },
  { title: "a loaded pattern", files: loads(`const { a: b } = await import("./x.ts");`) },
  { title: "a loaded member", files: loads(`(await import("./x.ts")).a;`) },
  { title: "a callback of a load", files: loads(`import("./x.ts").then(({ a }) => a);`) },
  { title: "a loaded module that is passed on", files: loads(`const module = import("./x.ts");`) },
  { title: "the type of a module", files: loads(`let module: typeof import("./x.ts");`) },
  { title: "the type of a name", files: loads(`let value: import("./x.ts").a;`) },
  {
    title: "a type in the signature of a used class",
    files: {
      "src/start.ts": `export interface Options {}\nexport class start { constructor(o: Options) {} }`,
    },
  },
  {
    title: "a type in a body and in a private member",
    files: {
      "src/start.ts":
        `export interface Options {}\nexport class start { #o: Options; a() { let o: Options; } }`,
    },
    expected: "src/start.ts:1: exports Options, which no other file of src/ imports",
  },
];

for (const { title, files, expected } of ROWS) {
  const verb = expected === undefined ? "accepts" : "reports";
  Deno.test(`checkDeadExports() ${verb} ${title}`, async () => {
    const mistakes = await check(files);

    assertEquals(mistakes, expected === undefined ? [] : [expected]);
  });
}

Deno.test("checkDeadExports() accepts an exception", async () => {
  const mistakes = await check(loads(`import "./x.ts";`), ["src/x.ts#a"]);

  assertEquals(mistakes, []);
});

Deno.test("checkDeadExports() reports an exception that is not needed", async () => {
  const mistakes = await check(loads(`import { a } from "./x.ts";`), ["src/x.ts#a", "src/gone.ts#a"]);

  assertEquals(mistakes, [
    "scripts/dead_exports.ts: the exception src/x.ts#a is not needed",
    "scripts/dead_exports.ts: the exception src/gone.ts#a is not needed",
  ]);
});

function loads(text: string): Record<string, string> {
  return { "src/start.ts": `${text}\nexport const start = 1;`, ...ONE_EXPORT };
}

async function check(files: Record<string, string>, exceptions: string[] = []): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), "gemstone-dead-"));
  try {
    for (const [path, text] of Object.entries({ ...TREE, ...files })) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    return await checkDeadExports(root, new Map(exceptions.map((key) => [key, "a reason"])));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
