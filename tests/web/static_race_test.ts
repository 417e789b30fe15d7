/** Files that are swapped for links out of the directory while they are served: nothing outside is ever sent. */
import { assert, assertEquals } from "@std/assert";
import { mkdir, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { openStatic } from "../../src/web/static_file.ts";
import { createFolder, createSite, type Site, type TestFolder } from "./site.ts";

const [PUBLIC, SECRET] = ["public ", "secret "];
/** Enough for a way without checks to be caught many times over. */
const REQUESTS = 600;

/** Asks for a path again and again while something is swapped, and counts what came. */
async function askDuring(site: Site, path: string, swap: () => Promise<void>): Promise<Map<string, number>> {
  const answers = new Map<string, number>();
  let isOver = false;
  const swapping = (async () => {
    while (!isOver) await swap();
  })();
  const client = async () => {
    for (let count = 0; count < REQUESTS / 4; count++) {
      const response = await site.get(path);
      const text = `${response.status} ${(await response.text()).slice(0, PUBLIC.length)}`;
      answers.set(text, (answers.get(text) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 4 }, client)).finally(() => isOver = true);
  await swapping;
  return answers;
}

async function checkAnswers(answers: ReadonlyMap<string, number>, site: Site): Promise<void> {
  const wrong = [...answers.keys()].filter((text) => text !== `200 ${PUBLIC}` && !text.startsWith("404 "));
  assertEquals(wrong, []);
  assertEquals(site.logger.records, []);
  // At the end of each swap the file is there.
  assert((await (await site.get("/sub/a.txt")).text()).startsWith(PUBLIC));
}

/** A public folder and a secret one with files of the same names; `size` tells small files from streams. */
async function createTwins(
  size: number,
): Promise<{ folder: TestFolder; site: Site; at: (...names: string[]) => string }> {
  const folder = await createFolder({
    "public/sub/a.txt": PUBLIC.repeat(size),
    "secret/a.txt": SECRET.repeat(size),
  });
  const at = (...names: string[]) => join(folder.path, ...names);
  return { folder, at, site: await createSite({ staticDirs: [["/", at("public")]] }) };
}

for (const [what, size] of [["small file", 10], ["file that is streamed", 60_000]] as const) {
  Deno.test(`staticDirs sends no byte of what a link leads to that takes the place of a ${what}`, async () => {
    const { folder, site, at } = await createTwins(size);
    await using _folder = folder;
    const swap = async () => {
      await symlink(at("secret", "a.txt"), at("link"));
      await writeFile(at("new"), PUBLIC.repeat(size));
      await rename(at("link"), at("public", "sub", "a.txt"));
      await rename(at("new"), at("public", "sub", "a.txt"));
    };

    await checkAnswers(await askDuring(site, "/sub/a.txt", swap), site);
  });
}

Deno.test({
  name: "staticDirs sends no byte of what a link leads to that takes the place of a directory",
  // Elsewhere the system does not tell where an open file is.
  ignore: process.platform !== "linux",
  async fn() {
    const { folder, site, at } = await createTwins(10);
    await using _folder = folder;
    await mkdir(at("aside"));
    await symlink(at("secret"), at("link"));
    const swap = async () => {
      await rename(at("public", "sub"), at("aside", "sub"));
      await rename(at("link"), at("public", "sub"));
      await rename(at("public", "sub"), at("link"));
      await rename(at("aside", "sub"), at("public", "sub"));
    };

    await checkAnswers(await askDuring(site, "/sub/a.txt", swap), site);
  },
});

Deno.test("openStatic() finds a file where the system does not tell where it is, too", async () => {
  const { folder, at } = await createTwins(1);
  await using _folder = folder;

  const file = await openStatic({ path: at("public"), locate: undefined }, ["sub", "a.txt"]);
  const moved = await openStatic(
    { path: at("public"), locate: () => Promise.resolve(at("secret", "a.txt")) },
    [
      "sub",
      "a.txt",
    ],
  );

  assertEquals(moved, undefined);
  assert(file?.kind === "file");
  assertEquals(new TextDecoder().decode(await file.read(0, 100)), PUBLIC);
  await file.close();
});
