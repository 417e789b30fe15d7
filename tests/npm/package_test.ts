import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { findLocalPaths, listExpected, listLinks } from "./contents.ts";
import { type Finished, PACKAGE_FOLDER, Project } from "./project.ts";

interface Manifest {
  name: string;
  exports: Record<string, string | { types: string }>;
  dependencies: Record<string, string>;
  bin?: Record<string, string>;
}

const PLAIN_SERVICE = `
  import { MicroService, RemoteService } from "@gemstone/gemstone";

  class Calculator extends MicroService {
    name = "calculator";
    host = "127.0.0.1";
    port = 0;
  }

  const service = new Calculator();
  service.expose("add", (a, b) => a + b);
  await service.start();
  const { methods } = new RemoteService(service.url);
  console.log(await methods.add(2, 3), await methods.add({ b: 1, a: 4 }));
  await service.stop();
`;

Deno.test("the npm package", { sanitizeResources: false }, async (t) => {
  await using project = await Project.create();
  const manifest = JSON.parse(await readFile(join(PACKAGE_FOLDER, "package.json"), "utf8")) as Manifest;

  await t.step("holds its documents and what its sources were compiled to, and nothing else", async () => {
    assertEquals([...project.packed].sort(), await listExpected());
  });

  await t.step("has source maps that need no file of the checkout, and names no path of it", async () => {
    assertEquals(await findLocalPaths(project.packed), []);
  });

  await t.step("holds what the relative links of its documents lead to, the manuals among it", async () => {
    const links = [...await listLinks("README.md"), ...await listLinks("examples/PYTHON.md")];

    assertEquals(links.filter((path) => !project.packed.includes(path)), []);
    for (const path of ["mod.d.ts", "src/client/mod.d.ts", "examples/PYTHON.md"]) {
      assert(links.includes(path), path);
    }
  });

  for (const { types } of Object.values(manifest.exports).filter((target) => typeof target === "object")) {
    await t.step(`has the module text at the head of ${types}`, async () => {
      const text = await readFile(join(PACKAGE_FOLDER, types), "utf8");

      assertMatch(text, /^(?:\/\/\/ <reference .*\n)*\/\*\*\n(?: \*.*\n)*? \* @module\n \*\/\n/);
    });
  }

  await t.step("depends on packages of npm alone", () => {
    for (const [name, range] of Object.entries(manifest.dependencies)) {
      assertFalse(name.startsWith("@std/") || name.startsWith("@jsr/"), name);
      assertMatch(range, /^[\^~]?\d+\.\d+/);
    }
  });

  for (const subPath of Object.keys(manifest.exports).filter((path) => path !== "./package.json")) {
    const specifier = manifest.name + subPath.slice(1);

    await t.step(`can be imported as ${specifier}`, async () => {
      const source = `console.log(Object.keys(await import("${specifier}")).length > 0)`;

      const result = await project.run("node", "--input-type=module", "--eval", source);

      assertEquals(result, { code: 0, stdout: "true\n", stderr: "" });
    });
  }

  await t.step("can not be imported by an internal path", async () => {
    const source = `await import("${manifest.name}/src/rpc/dispatch.js")`;

    const { code, stderr } = await project.run("node", "--input-type=module", "--eval", source);

    assertEquals(code, 1);
    assertStringIncludes(stderr, "ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  await t.step("serves plain JavaScript that calls expose()", async () => {
    await project.write({ "plain.js": PLAIN_SERVICE });

    const result = await project.run("node", "plain.js");

    assertEquals(lastLine(result), "5 5", result.stderr);
  });

  await t.step("starts no service that is imported and not run", async () => {
    const example = new URL("../../npm/examples/hello_world/main.js", import.meta.url).href;
    const source = `await import(${JSON.stringify(example)}); console.log("loaded");`;

    const result = await project.run("node", "--input-type=module", "--eval", source);

    assertEquals(result, { code: 0, stdout: "loaded\n", stderr: "" });
  });

  for (const name of Object.keys(manifest.bin ?? {})) {
    await t.step(`installs the program ${name}`, async () => {
      const { code, stdout, stderr } = await project.run(join("node_modules", ".bin", name), "--help");

      assertEquals(code, 0, stderr);
      assertStringIncludes(stdout, name);
    });
  }
});

function lastLine({ stdout }: Finished): string | undefined {
  return stdout.trimEnd().split("\n").at(-1);
}
