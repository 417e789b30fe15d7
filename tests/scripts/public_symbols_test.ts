import { assertEquals } from "@std/assert";
import {
  type Comment,
  type Declaration,
  type DocOutput,
  listWithoutExample,
} from "../../scripts/doc_tests/public_symbols.ts";

const ENTRY = "file:///mod.ts";
const SOURCE = "file:///src/a.ts";
const CODE = "Title\n```ts\nf();\n```";
const EXAMPLE: Comment = { tags: [{ kind: "example", doc: CODE }] };
const MODULE: Comment = { doc: CODE };

function declare(line: number, jsDoc?: Comment): Declaration {
  return {
    location: { filename: SOURCE, line, col: 0 },
    kind: "function",
    ...(jsDoc !== undefined && { jsDoc }),
  };
}

/** `export { f } from "./src/a.ts"` in the entry. */
function refer(line: number): Declaration {
  const target = { filename: SOURCE, line, col: 0 };
  return { location: { filename: ENTRY, line: 1, col: 9 }, kind: "reference", def: { target } };
}

function output(declarations: Declaration[], module: Comment | undefined = MODULE): DocOutput {
  return {
    nodes: {
      [ENTRY]: {
        ...(module !== undefined && { module_doc: module }),
        symbols: [{ name: "f", declarations: declarations.map(({ location: { line } }) => refer(line)) }],
      },
      [SOURCE]: { symbols: [{ name: "f", declarations }, { name: "internal", declarations: [declare(9)] }] },
    },
  };
}

const ROWS: { title: string; docs: DocOutput; expected: string[] }[] = [
  { title: "accepts an example at the declaration", docs: output([declare(3, EXAMPLE)]), expected: [] },
  {
    title: "accepts an example at one of several signatures",
    docs: output([declare(3), declare(4, EXAMPLE)]),
    expected: [],
  },
  {
    title: "reports a symbol without a comment",
    docs: output([declare(3)]),
    expected: [`${SOURCE}:3: f has no @example`],
  },
  {
    title: "reports an example without code",
    docs: output([declare(3, { tags: [{ kind: "example", doc: "Call it." }] })]),
    expected: [`${SOURCE}:3: f has no @example`],
  },
  {
    title: "reports code that is in no example",
    docs: output([declare(3, { doc: CODE, tags: [{ kind: "returns", doc: CODE }] })]),
    expected: [`${SOURCE}:3: f has no @example`],
  },
  {
    title: "reports a module whose text has no code",
    docs: output([declare(3, EXAMPLE)], { doc: "All about f." }),
    expected: [`${ENTRY}: the text of the module has no example`],
  },
  {
    title: "accepts a module with an example as a tag",
    docs: output([declare(3, EXAMPLE)], EXAMPLE),
    expected: [],
  },
];

for (const { title, docs, expected } of ROWS) {
  Deno.test(`listWithoutExample() ${title}`, () => {
    assertEquals(listWithoutExample(docs, [ENTRY]), expected);
  });
}
