/**
 * Checks the published sources against the built-ins of Node 20. Deno knows newer ones, so `deno check` lets
 * `Promise.withResolvers()` pass, and a test finds it only where it runs.
 *
 * @module
 */
import { resolve } from "node:path";
import process from "node:process";
import ts from "typescript";
import { collectPackage, listInputs } from "./npm/build/collect.ts";
import { checkNodeTypes } from "./npm/build/compile.ts";
import { installPackages } from "./npm/build/install.ts";
import { parseSource, visitNodes } from "./specifiers.ts";

const OUT = "npm";

/** Whether a file is for Deno alone. */
function namesDeno(path: string, text: string): boolean {
  let found = false;
  visitNodes(parseSource(path, text), (node) => {
    found ||= ts.isIdentifier(node) && node.text === "Deno";
  });
  return found;
}

const collected = await collectPackage(await listInputs());
await installPackages(OUT, collected);
const texts = new Map<string, string>();
for (const { target, text, published } of collected.files) {
  if (published && text !== undefined) texts.set(target, text);
}
const checked = [...texts.keys()].filter((path) =>
  path.startsWith("src/") && !namesDeno(path, texts.get(path) ?? "")
);
const mistakes = checkNodeTypes(resolve(OUT), texts, checked);
for (const mistake of mistakes) process.stderr.write(`${mistake}\n`);
process.exit(mistakes.length === 0 ? 0 : 1);
