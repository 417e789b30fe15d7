import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { ConfigurationValueError, dynamicLoad } from "@gemstone/gemstone";

const MODULE = `
export const answer = 42;
export const nothing = undefined;
export function add(a, b) { return a + b; }
export class Audit { name = "audit"; }
export default "the default";
`;

/** Runs with a folder that holds modules, and with the way to it from the working directory. */
async function withModules(use: (folder: string, way: string) => Promise<void>): Promise<void> {
  // The name has what means something in a URL.
  const folder = await mkdtemp(join(tmpdir(), "gemstone load%20?-"));
  try {
    await writeFile(join(folder, "audit.mjs"), MODULE);
    await writeFile(join(folder, "broken.mjs"), 'throw new Error("no database");');
    await writeFile(join(folder, "wrong.mjs"), "export const = 1;");
    const members = Array.from({ length: 30 }, (_, index) => `export const member${index} = ${index};`);
    await writeFile(join(folder, "many.mjs"), members.join("\n"));
    const way = relative(process.cwd(), folder);
    await use(folder, way.startsWith(".") ? way : `./${way}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

Deno.test("dynamicLoad() loads a member of a module, from the working directory", async () => {
  await withModules(async (_folder, way) => {
    const add = await dynamicLoad<(a: number, b: number) => number>(`${way}/audit.mjs#add`);
    const Audit = await dynamicLoad<new () => { name: string }>(`${way}/audit.mjs#Audit`);

    assertEquals([add(1, 2), new Audit().name], [3, "audit"]);
    assertEquals(await dynamicLoad(`${way}/audit.mjs#default`), "the default");
  });
});

Deno.test("dynamicLoad() loads a member that is undefined", async () => {
  await withModules(async (_folder, way) => {
    assertEquals(await dynamicLoad(`${way}/audit.mjs#nothing`), undefined);
  });
});

Deno.test("dynamicLoad() without a member gives the namespace", async () => {
  await withModules(async (_folder, way) => {
    const module = await dynamicLoad<{ answer: number }>(`${way}/audit.mjs`);

    assertEquals(module.answer, 42);
  });
});

Deno.test("dynamicLoad() takes absolute paths and URLs", async () => {
  await withModules(async (folder) => {
    const path = join(folder, "audit.mjs");

    assertEquals(await dynamicLoad(`${path}#answer`), 42);
    assertEquals(await dynamicLoad(`${pathToFileURL(path).href}#answer`), 42);
    assertEquals(await dynamicLoad("data:text/javascript,export const answer = 7;#answer"), 7);
  });
});

Deno.test("dynamicLoad() resolves a relative path against the parent", async () => {
  await withModules(async (folder) => {
    const parent = pathToFileURL(join(folder, "main.mjs"));

    assertEquals(await dynamicLoad("./audit.mjs#answer", { parent }), 42);
    assertEquals(await dynamicLoad("./audit.mjs#answer", { parent: parent.href }), 42);
  });
});

Deno.test("dynamicLoad() loads a built-in module by its name", async () => {
  assertEquals(await dynamicLoad("node:path#join"), join);
});

for (const member of ["missing", "__proto__", "constructor", "toString", "then", "a.b", "ans wer"]) {
  Deno.test(`dynamicLoad() of the member ${member} says which members there are`, async () => {
    await withModules(async (_folder, way) => {
      const load = () => dynamicLoad(`${way}/audit.mjs#${member}`);
      const error = await assertRejects(load, ConfigurationValueError, `"${member}"`);

      for (const name of ["Audit", "add", "answer", "default"]) assert(error.message.includes(name), name);
    });
  });
}

Deno.test("dynamicLoad() does not list members without end", async () => {
  await withModules(async (_folder, way) => {
    await assertRejects(() => dynamicLoad(`${way}/many.mjs#x`), ConfigurationValueError, "and 10 more");
  });
});

for (
  const [what, file, text] of [
    ["is missing", "missing.mjs", "missing.mjs"],
    ["throws", "broken.mjs", "no database"],
    ["is no JavaScript", "wrong.mjs", "wrong.mjs"],
  ] as const
) {
  Deno.test(`dynamicLoad() of a module that ${what} says so, and keeps the cause`, async () => {
    await withModules(async (_folder, way) => {
      const load = () => dynamicLoad(`${way}/${file}#answer`);
      const error = await assertRejects(load, ConfigurationValueError, text);

      assertInstanceOf(error.cause, Error);
    });
  });
}

Deno.test("dynamicLoad() of a package that is not there names it", async () => {
  await assertRejects(
    () => dynamicLoad("gemstone-package-that-is-not-there#x"),
    ConfigurationValueError,
    "gemstone-package-that-is-not-there",
  );
});

Deno.test("dynamicLoad() with a parent that is no URL says so", async () => {
  await assertRejects(() => dynamicLoad("./audit.mjs", { parent: "nonsense" }), ConfigurationValueError);
});

for (const path of ["", " ", "#", "#answer", "./audit.mjs#", "a#b#c", undefined, null, 1, {}, ["./x"]]) {
  Deno.test(`dynamicLoad(${JSON.stringify(path)}) is a TypeError that says what to give`, async () => {
    await assertRejects(() => dynamicLoad(path as string), TypeError, "./audit.ts#Audit");
  });
}
