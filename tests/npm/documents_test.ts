import { assertEquals } from "@std/assert";
import { rewriteLinks } from "../../scripts/npm/build/documents.ts";

const ROWS: [what: string, text: string, expected: string][] = [
  ["a source", "[all](mod.ts)", "[all](mod.d.ts)"],
  ["a source with code for a label", "[`…/web`](src/web/mod.ts), x", "[`…/web`](src/web/mod.d.ts), x"],
  ["a path that begins with a dot", "[all](./mod.ts)", "[all](mod.d.ts)"],
  ["a document", "[a](PYTHON.md) [b](PYTHON.md#web)", "[a](PYTHON.md) [b](PYTHON.md#web)"],
  ["a part of the same document", "[a](#web)", "[a](#web)"],
  ["an address", "[a](https://semver.org/x#y)", "[a](https://semver.org/x#y)"],
  ["an example", "the [examples](examples/README.md), too", "the examples, too"],
  ["a part of an example", "[a](examples/README.md#b)", "a"],
  ["a folder of tests", "a [test](tests/permissions) holds", "a test holds"],
  ["a document that is not published", "[a](CONTRIBUTING.md)", "a"],
  ["a path out of the package", "[a](../x.md)", "a"],
  ["code", "`[a](x.ts)`", "`[a](x.ts)`"],
  ["a block of code", "```ts\nmethods[a](b);\n```\n[a](b)", "```ts\nmethods[a](b);\n```\na"],
];

for (const [what, text, expected] of ROWS) {
  Deno.test(`rewriteLinks() ${text === expected ? "leaves" : "rewrites"} a link to ${what}`, () => {
    assertEquals(rewriteLinks(text, ["README.md", "PYTHON.md"]), expected);
  });
}
