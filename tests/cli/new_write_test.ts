import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { lstat, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeProject } from "../../src/cli/new/write_project.ts";
import { listFolder, withFolder } from "./new_fixture.ts";

const FILES: ReadonlyMap<string, string> = new Map([
  ["a.txt", "a\n"],
  ["sub/b.txt", "b\n"],
  ["sub/deep/c.txt", "c\n"],
]);
const PATHS = [...FILES.keys()];

async function refuse(promise: Promise<unknown>, why: RegExp): Promise<void> {
  const error = await assertRejects(() => promise, Error);
  assertMatch(error.message, why);
}

Deno.test("writeProject() makes the folder, and those above it", async () => {
  await withFolder(async (folder) => {
    const place = join(folder, "x", "y");

    const written = await writeProject(place, FILES);

    assertEquals(written, PATHS.map((path) => ({ path, status: "created" as const })));
    assertEquals(await listFolder(place), PATHS);
    for (const [path, text] of FILES) assertEquals(await readFile(join(place, path), "utf8"), text);
  });
});

Deno.test("writeProject() takes an empty folder, and one that has nothing but a repository", async () => {
  await withFolder(async (folder) => {
    await mkdir(join(folder, ".git"));

    await writeProject(folder, FILES);

    assertEquals(await listFolder(folder), PATHS);
  });
});

Deno.test("writeProject() refuses a folder with content, and says what force would replace", async () => {
  await withFolder(async (folder) => {
    await writeFile(join(folder, "a.txt"), "mine");
    await writeFile(join(folder, "other.txt"), "mine");

    await refuse(writeProject(folder, FILES), /has content \(a\.txt, other\.txt\).*replaces a\.txt$/);

    assertEquals(await listFolder(folder), ["a.txt", "other.txt"]);
    assertEquals(await readFile(join(folder, "a.txt"), "utf8"), "mine");
  });
});

Deno.test("writeProject() lists few of many files that are in the way", async () => {
  await withFolder(async (folder) => {
    for (let index = 10; index < 30; index++) await writeFile(join(folder, `n${index}`), "");

    await refuse(
      writeProject(folder, FILES),
      /\(n10, .*, n17 and 12 more\).*leaves all that is there as it is$/,
    );
  });
});

Deno.test("writeProject() with force says which files it has replaced, and leaves the others", async () => {
  await withFolder(async (folder) => {
    await writeProject(folder, FILES);
    await writeFile(join(folder, "a.txt"), "mine");
    await writeFile(join(folder, "other.txt"), "mine");

    const written = await writeProject(folder, new Map([...FILES, ["d.txt", "d\n"]]), { force: true });

    assertEquals(written, [
      { path: "a.txt", status: "replaced" },
      { path: "sub/b.txt", status: "unchanged" },
      { path: "sub/deep/c.txt", status: "unchanged" },
      { path: "d.txt", status: "created" },
    ]);
    assertEquals(await readFile(join(folder, "a.txt"), "utf8"), "a\n");
    assertEquals(await readFile(join(folder, "other.txt"), "utf8"), "mine");
  });
});

for (
  const [what, make, why] of [
    [
      "a folder where a file is needed",
      (folder) => mkdir(join(folder, "sub/b.txt"), { recursive: true }),
      /b\.txt/,
    ],
    ["a file where a folder is needed", (folder) => writeFile(join(folder, "sub"), "mine"), /sub": a folder/],
    [
      "a link where a file is needed",
      (folder) => symlink("/nowhere", join(folder, "a.txt")),
      /a\.txt": a file/,
    ],
    ["a link where a folder is needed", (folder) => symlink("..", join(folder, "sub")), /sub": a folder/],
  ] as [string, (folder: string) => Promise<unknown>, RegExp][]
) {
  Deno.test(`writeProject() writes nothing when there is ${what}, even with force`, async () => {
    await withFolder(async (folder) => {
      await make(folder);
      const before = await listFolder(folder);

      await refuse(writeProject(folder, FILES, { force: true }), why);

      assertEquals(await listFolder(folder), before);
    });
  });
}

Deno.test("writeProject() refuses a place that is a file, or below one", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "file");
    await writeFile(file, "mine");

    await refuse(writeProject(file, FILES, { force: true }), /file": it is not a folder; nothing/);
    await refuse(writeProject(join(file, "x"), FILES, { force: true }), /nothing has been written/);

    assertEquals((await lstat(file)).size, 4);
  });
});

Deno.test("writeProject() says what has been written when it fails half-way", async () => {
  await withFolder(async (folder) => {
    const write = async (path: string, text: string): Promise<void> => {
      if (path.endsWith("c.txt")) throw new Error("ENOSPC: no space left on device, write");
      await writeFile(path, text);
    };

    await refuse(
      writeProject(folder, FILES, { write }),
      /^Cannot write ".*c\.txt": ENOSPC: no space left on device; written so far: a\.txt, sub\/b\.txt$/,
    );

    assertEquals(await listFolder(folder), ["a.txt", "sub/b.txt"]);
  });
});

Deno.test("writeProject() does not replace a file that has appeared while it was writing", async () => {
  await withFolder(async (folder) => {
    const write: typeof writeFile = async (path, text, options) => {
      if (String(path).endsWith("b.txt")) await writeFile(path, "mine");
      await writeFile(path, text, options);
    };

    await refuse(writeProject(folder, FILES, { write, force: true }), /b\.txt": EEXIST[^]*so far: a\.txt$/);

    assertEquals(await readFile(join(folder, "sub/b.txt"), "utf8"), "mine");
  });
});
