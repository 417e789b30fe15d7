import { assertEquals } from "@std/assert";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Example, writeExampleTests } from "../../scripts/doc_tests/examples.ts";

Deno.test("writeExampleTests() makes a test of each example, but of one that has tests or is a program", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gemstone-examples-"));
  const common = { isIgnored: false, ending: ".ts" } as const;
  const examples: Example[] = [
    { ...common, path: "src/a.ts", line: 3, code: "await 1;" },
    { ...common, path: "README.md", line: 7, code: `Deno.test("b", () => {});`, ending: ".js" },
    { ...common, path: "README.md", line: 9, code: `// main.ts\nimport "./service.ts";` },
  ];
  try {
    const file = await writeExampleTests(folder, examples);

    assertEquals(
      await readFile(file, "utf8"),
      `Deno.test("src/a.ts:3", async () => { await import("./src_a.ts_3.ts"); });\n` +
        `await import("./README.md_7.js");\n` +
        `void (() => import("./README.md_program/main.ts"));\n`,
    );
    assertEquals(await readFile(join(folder, "src_a.ts_3.ts"), "utf8"), "await 1;\nexport {};\n");
    const program = await readFile(join(folder, "README.md_program", "main.ts"), "utf8");
    assertEquals(program, `// main.ts\nimport "./service.ts";`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
