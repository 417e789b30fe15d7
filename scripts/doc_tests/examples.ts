/** @module */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CodeBlock, listCodeBlocks, listCommentBlocks } from "./code_blocks.ts";

/** A block of code in a file. */
export interface Example extends CodeBlock {
  /** The file: a source or a document. */
  path: string;
}

/**
 * Reads the examples of sources and documents.
 *
 * @param paths The files.
 * @returns The examples.
 */
export async function readExamples(paths: readonly string[]): Promise<Example[]> {
  const examples: Example[] = [];
  for (const path of paths) {
    const text = await readFile(path, "utf8");
    const blocks = path.endsWith(".ts") ? listCommentBlocks(text) : listCodeBlocks(text);
    examples.push(...blocks.map((block) => ({ ...block, path })));
  }
  return examples;
}

/** The first line of an example of a document that is a file of a program. */
const FILE_NAME = /^\/\/ (?<name>\w+\.ts)\n/;

/**
 * Writes a test file that runs examples, each as a test; one that has tests itself is not inside of another one.
 * Those of a document that begin with the name of a file, `// main.ts`, are a program, which may serve for ever: only
 * their types are checked.
 *
 * @param folder Where the files go.
 * @param examples The examples.
 * @returns The test file.
 */
export async function writeExampleTests(folder: string, examples: readonly Example[]): Promise<string> {
  const statements: string[] = [];
  for (const { path, line, ending, code } of examples) {
    const fileName = path.endsWith(".md") ? FILE_NAME.exec(code)?.groups?.name : undefined;
    if (fileName !== undefined) {
      const program = `${path}_program`;
      await mkdir(join(folder, program), { recursive: true });
      await writeFile(join(folder, program, fileName), code);
      statements.push(`void (() => import("./${program}/${fileName}"));`);
      continue;
    }
    const name = `${path.replaceAll("/", "_")}_${line}${ending}`;
    // An example without import and export would be a script.
    await writeFile(join(folder, name), `${code}\nexport {};\n`);
    const load = `await import("./${name}");`;
    const title = JSON.stringify(`${path}:${line}`);
    statements.push(code.includes("Deno.test(") ? load : `Deno.test(${title}, async () => { ${load} });`);
  }
  const file = join(folder, "examples_test.ts");
  await writeFile(file, `${statements.join("\n")}\n`);
  return file;
}
