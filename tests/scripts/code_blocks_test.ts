import { assertEquals } from "@std/assert";
import { type CodeBlock, listCodeBlocks, listCommentBlocks } from "../../scripts/doc_tests/code_blocks.ts";

type Block = [line: number, ending: string, isIgnored: boolean, code: string];

const ROWS: { title: string; text: string; expected: Block[] }[] = [
  {
    title: "TypeScript and JavaScript",
    text: "```ts\nconst a = `${1}`;\n```\n\n```js\n```",
    expected: [[1, ".ts", false, "const a = `${1}`;"], [5, ".js", false, ""]],
  },
  {
    title: "ignored blocks",
    text: "```ts ignore\n```\n```typescript, ignore\n```",
    expected: [[1, ".ts", true, ""], [3, ".ts", true, ""]],
  },
  {
    title: "a fence inside a longer one as text",
    text: "````md\n```ts\n```\n````\n```ts\n```",
    expected: [[5, ".ts", false, ""]],
  },
  { title: "no other languages", text: "```sh\nls\n```\n```\n1\n```", expected: [] },
  { title: "no code within a line", text: "Say `ts` and ```ts``` here.", expected: [] },
];

for (const { title, text, expected } of ROWS) {
  Deno.test(`listCodeBlocks() finds ${title}`, () => {
    assertEquals(listCodeBlocks(text).map(toRow), expected);
  });
}

Deno.test("listCommentBlocks() finds the blocks of comments, without stars, and nothing else", () => {
  const text = [
    "const text = `",
    "```ts",
    "```",
    "`;",
    "  /**",
    "   * ```ts",
    "   * class A {",
    "   *   b = 2 * 3;",
    "   *",
    "   * }",
    "   * ```",
    "   */",
  ].join("\n");

  assertEquals(listCommentBlocks(text).map(toRow), [[6, ".ts", false, "class A {\n  b = 2 * 3;\n\n}"]]);
});

function toRow({ line, ending, isIgnored, code }: CodeBlock): Block {
  return [line, ending, isIgnored, code];
}
