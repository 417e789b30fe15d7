import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { toLine } from "../../src/cli/terminal_text.ts";
import { cliCommand, type CliResult, runCli } from "../support/cli.ts";
import { listFolder, withFolder } from "./new_fixture.ts";

const API_FILES = [".gitignore", "README.md", "deno.json", "main.ts", "service.ts", "service_test.ts"];
const WEB_FILES = [
  "handlers/index.ts",
  "static/app.js",
  "static/style.css",
  "templates/base.html",
  "templates/index.html",
];
const DENO_FILES = [...API_FILES, ...WEB_FILES].sort();

function runNew(folder: string, ...args: string[]): Promise<CliResult> {
  return runCli(["new", "order-desk", "--directory", folder, ...args]);
}

Deno.test("gemstone new writes for the runtime that runs it", async () => {
  await withFolder(async (folder) => {
    const { out } = await runNew(folder, "--json");

    const isDeno = "Deno" in globalThis;
    assertEquals(JSON.parse(out).runtime, isDeno ? "deno" : "node");
    assertEquals((await listFolder(folder)).includes("deno.json"), isDeno);
    assertEquals((await listFolder(folder)).includes("package.json"), !isDeno);
  });
});

Deno.test("gemstone new writes a project, lists its files and says what comes next", async () => {
  await withFolder(async (folder) => {
    const place = join(folder, "desk");

    const { code, out, error } = await runNew(place, "--deno");

    assertEquals([code, error], [0, ""]);
    assertEquals(await listFolder(place), DENO_FILES);
    assertEquals(
      out,
      [
        `OrderDeskService for Deno is in ${place}:`,
        "",
        ...DENO_FILES.map((path) => `  ${path}`),
        "",
        "Next:",
        "",
        `  cd ${place}`,
        "  deno task test",
        "  deno task start",
        "",
        "While it runs, open http://127.0.0.1:8000/ or, in another terminal in the same folder:",
        "",
        "  deno task gemstone call_raw http://127.0.0.1:8000/api say_hello name=world",
      ].join("\n"),
    );
  });
});

Deno.test("gemstone new --api-only leaves the web page out", async () => {
  await withFolder(async (folder) => {
    const { code, out } = await runNew(folder, "--deno", "--api-only");

    assertEquals(code, 0);
    assertEquals(await listFolder(folder), API_FILES);
    assertMatch(out, /\nWhile it runs, in another terminal in the same folder:\n/);
  });
});

Deno.test("gemstone new --node writes a project for Node", async () => {
  await withFolder(async (folder) => {
    const { code, out } = await runNew(folder, "--node", "--port", "8765", "--author", "Ann");

    assertEquals(code, 0);
    assertMatch(
      out,
      /npm install\n {2}npm test\n {2}npm start\n[^]*npx gemstone call_raw http:\/\/127.0.0.1:8765\/api/,
    );
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    assertEquals([manifest.name, manifest.author, manifest.type], ["order-desk", "Ann", "module"]);
  });
});

Deno.test("the program writes below the working directory, or into it", async () => {
  await withFolder(async (folder) => {
    const below = await runProgram(folder, "new", "OrderDesk", "--deno");
    const here = await runProgram(
      join(folder, "OrderDesk"),
      "new",
      "OrderDesk",
      "--deno",
      "--directory",
      ".",
      "--force",
    );

    assertMatch(below, /^OrderDeskService for Deno is in OrderDesk:\n[^]*\n {2}cd OrderDesk\n/);
    assertEquals(await listFolder(folder), DENO_FILES.map((path) => `OrderDesk/${path}`));
    assertMatch(here, /is in \.:\n[^]* main\.ts \(unchanged\)\n/);
    assertFalse(here.includes("cd "));
  });
});

async function runProgram(cwd: string, ...args: string[]): Promise<string> {
  const [program = "", ...flags] = cliCommand();
  const { stdout } = await promisify(execFile)(program, [...flags, ...args], { cwd });
  return stdout;
}

Deno.test("gemstone new --json prints what was written", async () => {
  await withFolder(async (folder) => {
    const place = join(folder, "a b");

    const { out } = await runNew(place, "--deno", "--json", "--events");

    assertEquals(JSON.parse(out), {
      name: "order_desk",
      class: "OrderDeskService",
      runtime: "deno",
      port: 8000,
      directory: place,
      files: DENO_FILES.map((path) => ({ path, status: "created" })),
      commands: [`cd '${place}'`, "deno task test", "deno task start"],
    });
    assertStringIncludes(await readFile(join(place, "service.ts"), "utf8"), "@eventHandler");
  });
});

Deno.test("gemstone new refuses a folder with content, and lists what --force has replaced", async () => {
  await withFolder(async (folder) => {
    await writeFile(join(folder, "main.ts"), "mine");
    await writeFile(join(folder, "notes.txt"), "mine");

    const refused = await runNew(folder, "--deno");
    const before = await listFolder(folder);
    const forced = await runNew(folder, "--deno", "--force");

    assertEquals(refused.code, 1);
    assertMatch(refused.error, /^gemstone: error: Cannot write into .* --force, which replaces main\.ts$/);
    assertEquals(before, ["main.ts", "notes.txt"]);
    assertEquals(forced.code, 0);
    assertMatch(forced.out, /\n {2}main\.ts \(replaced\)\n {2}service\.ts\n/);
    assertEquals(await readFile(join(folder, "notes.txt"), "utf8"), "mine");
  });
});

const WRONG: [args: string[], why: RegExp][] = [
  [[], /needs a NAME, as in: gemstone new order-desk/],
  [["../x"], /is a path; give the folder with --directory/],
  [["/tmp/x"], /is a path/],
  [["a b"], /"a b" can not be used/],
  [[""], /is empty/],
  [["con"], /device on Windows/],
  [["class"], /reserved word/],
  [["a\x1b[2Jb"], /"a\\u001b\[2Jb" can not be used/],
  [["a".repeat(300)], /has 300 characters, and 40 are allowed/],
  [["a", "b"], /unexpected argument "b"/],
  [["a", "--node", "--deno"], /--deno and --node can not be given together/],
  [["a", "--prot", "1"], /--prot.*--port/],
  [["a", "--port", "0"], /from 1 to 65535, got "0"/],
  [["a", "--port", "65536"], /from 1 to 65535/],
  [["a", "--port", "8e3"], /from 1 to 65535/],
  [["a", "--directory"], /needs a value/],
  [["a", "--directory", ""], /--directory must not be empty/],
  [["a", "--directory", "x\0y"], /--directory must be one line without control characters, got "x\\u0000y"/],
  [["a", "--description", " "], /--description must not be empty/],
  [["a", "--description", "x\ny"], /must be one line/],
  [["a", "--description", "x\u202ey"], /must be one line without control characters, got "x\\u202ey"/],
  [["a", "--description", "\ud800"], /must be one line/],
  [["a", "--description", "x".repeat(201)], /has 201 characters, and 200 are allowed/],
  [["a", "--author", "\r"], /--author must/],
];

for (const [args, why] of WRONG) {
  Deno.test(`gemstone new ${JSON.stringify(args).slice(0, 60)} is wrong usage, in one line`, async () => {
    const { code, out, error } = await runCli(["new", ...args]);

    assertEquals([code, out], [2, ""]);
    assertMatch(error, why);
    assert(error.length < 400 && toLine(error) === error, error);
  });
}

Deno.test("gemstone new --help shows all options in 80 columns", async () => {
  const { code, out } = await runCli(["new", "--help"]);

  assertEquals(code, 0);
  const options = "deno node directory description author port api-only events force json";
  for (const option of options.split(" ")) assertStringIncludes(out, `--${option}`);
  assertFalse(out.split("\n").some((line) => line.length > 80));
});
