/** Nothing outside of a static directory can be reached, whatever is asked for. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toStaticPath } from "../../src/web/static_path.ts";
import { createFolder, createSite, type Site, type TestFolder } from "./site.ts";

const SECRET = "top secret";

/** A public directory, and beside it, above it and behind links what nobody may see. */
async function createTrap(): Promise<{ folder: TestFolder; site: Site }> {
  const folder = await createFolder({
    "secret.txt": SECRET,
    "public/a.txt": "public",
    "public/sub/b.txt": "public",
    "public/.env": SECRET,
    "public/.git/config": SECRET,
    "publicity/secret.txt": SECRET,
    "other/secret.txt": SECRET,
  });
  const at = (...names: string[]) => join(folder.path, ...names);
  await symlink(at("secret.txt"), at("public/link.txt"));
  await symlink("../secret.txt", at("public/relative.txt"));
  await symlink(at("other"), at("public/linked"));
  await symlink(at("publicity"), at("public/near"));
  await symlink("..", at("public/up"));
  await symlink(".env", at("public/env.txt"));
  await symlink("loop", at("public/loop"));
  await symlink("a.txt", at("public/inside.txt"));
  return { folder, site: await createSite({ staticDirs: [["/static", at("public")]] }) };
}

Deno.test("staticDirs follows a symbolic link inside of the directory", async () => {
  const { folder, site } = await createTrap();
  await using _folder = folder;

  const response = await site.get("/static/inside.txt");

  assertEquals([response.status, await response.text()], [200, "public"]);
});

const ATTACKS = [
  "/static/link.txt",
  "/static/relative.txt",
  "/static/linked/secret.txt",
  "/static/near/secret.txt",
  "/static/up/secret.txt",
  "/static/up/public/a.txt/../../secret.txt",
  "/static/env.txt",
  "/static/loop",
  "/static/../secret.txt",
  "/static/%2e%2e/secret.txt",
  "/static/.%2e/secret.txt",
  "/static/..%2fsecret.txt",
  "/static/..%2Fsecret.txt",
  "/static/..%5csecret.txt",
  "/static/..\\secret.txt",
  "/static/sub/..%2f..%2fsecret.txt",
  "/static/%252e%252e/secret.txt",
  "/static/..%c0%afsecret.txt",
  "/static/..%00/secret.txt",
  "/static/a.txt%00.html",
  "/static/%2fetc%2fpasswd",
  "/static//etc/passwd",
  "/static/C:/Windows/win.ini",
  "/static/C%3A%5CWindows%5Cwin.ini",
  "/static/a.txt::$DATA",
  "/static/.env",
  "/static/%2eenv",
  "/static/.git/config",
  "/static/..;/secret.txt",
  "/static/%u002e%u002e/secret.txt",
  "/staticity/secret.txt",
  "/static%2f..%2fsecret.txt",
  "/static/file:%2f%2f%2fetc/passwd",
];

for (const path of ATTACKS) {
  Deno.test(`staticDirs gives nothing away for ${path}`, async () => {
    const { folder, site } = await createTrap();
    await using _folder = folder;

    const response = await site.get(path);

    assert([400, 404].includes(response.status), String(response.status));
    assertEquals((await response.text()).includes(SECRET), false);
    assertEquals(site.logger.records, []);
  });
}

Deno.test("staticDirs gives nothing away for any path made of dangerous parts", async () => {
  const { folder, site } = await createTrap();
  await using _folder = folder;
  const part = fc.constantFrom(
    ...[
      "..",
      ".",
      "",
      "%2e%2e",
      "%2E.",
      "..%2f",
      "%2f",
      "%5c",
      "\\",
      "%00",
      "C:",
      "~",
      "link.txt",
      "linked",
      "up",
    ],
    ...[
      "near",
      "secret.txt",
      "other",
      "public",
      "sub",
      ".env",
      "env.txt",
      "etc",
      "passwd",
      "%25",
      "..%255c",
      " ",
    ],
  );
  const path = fc.array(fc.tuple(part, fc.constantFrom("/", "%2f", "\\", "%5C", "//", "")), { maxLength: 8 })
    .map((parts) => `/static/${parts.flat().join("")}`);

  await fc.assert(
    fc.asyncProperty(path, async (asked) => {
      const response = await site.get(asked);
      const text = await response.text();
      assert(!text.includes(SECRET) && !text.includes("root:"), text);
      assert([200, 301, 400, 404].includes(response.status));
    }),
    { numRuns: 2_000 },
  );
  assertEquals(site.logger.records, []);
});

for (
  const name of [
    "",
    ".",
    "..",
    ".env",
    "..%2f",
    "%2e%2e",
    "%2Eenv",
    "%5c",
    "\\",
    "a%00",
    "C:",
    "a%7F",
    "%ff",
    "%",
  ]
) {
  Deno.test(`toStaticPath() finds nothing behind the name ${JSON.stringify(name)}`, () => {
    assertEquals(toStaticPath(`/static/${name}/a.txt`, "/static"), undefined);
    assertEquals(toStaticPath(`/static/sub/${name}/`, "/static"), undefined);
  });
}

/** Any code point, lone surrogates too; the unit "binary" of the library takes seconds to set up. */
const ANY_CHARACTER = fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code));
const DANGEROUS = [
  "..",
  ".",
  "/",
  "%2e",
  "%2F",
  "%5c",
  "\\",
  ":",
  "%3A",
  "%00",
  "\0",
  "%7f",
  "%",
  ".well-known",
  "a",
];

Deno.test("toStaticPath() gives names that stay where they are put", () => {
  const part = fc.oneof(fc.constantFrom(...DANGEROUS), ANY_CHARACTER);
  const path = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(""));
  const example = (text: string): [string] => [text];

  fc.assert(
    fc.property(path, (path) => {
      const found = toStaticPath(`/static/${path}`, "/static");
      for (const segment of found?.segments ?? []) {
        assert(join("/root", segment) === `/root/${segment}`);
        assert(join("C:\\root", segment).includes("..") === segment.includes(".."));
        assert(!/[/\\:\0]/.test(segment) && (!segment.startsWith(".") || segment === ".well-known"));
      }
    }),
    // Each dangerous part alone, within a name, and behind a name.
    { numRuns: 1_000, examples: DANGEROUS.flatMap((part) => [part, `a${part}b`, `a/${part}`].map(example)) },
  );
});

Deno.test("toStaticPath() finds each file by its encoded name", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme", minLength: 1 })), (names) => {
      const served = names.filter((name) => !/^\.|[/\\:\p{Cc}]/u.test(name));
      const path = served.map((name) => `/${encodeURIComponent(name)}`).join("");
      assertEquals(toStaticPath(`/s${path}`, "/s")?.segments, served);
    }),
  );
});

Deno.test("staticDirs does not wait for a named pipe or a device", async () => {
  const { folder, site } = await createTrap();
  await using _folder = folder;
  await symlink("/dev/zero", join(folder.path, "public", "zero"));
  await mkdir(join(folder.path, "public", "folder.txt"));
  await writeFile(join(folder.path, "public", "folder.txt", "x"), "x");

  for (const path of ["/static/zero", "/static/folder.txt"]) {
    const response = await site.get(path);
    assertEquals(response.status, 404);
    await response.body?.cancel();
  }
});
