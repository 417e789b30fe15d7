import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { spawn } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { checkPage, listFolder } from "../cli/new_fixture.ts";
import { SpawnedService } from "../support/spawn_service.ts";
import { within } from "../support/wait_until.ts";
import { type Finished, Project } from "./project.ts";

const NPM_FLAGS = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
const LIMIT_MS = 60_000;
const BUILT_FILES = [
  "handlers/index.js",
  "main.js",
  "service.js",
  "static/app.js",
  "static/style.css",
  "templates/base.html",
  "templates/index.html",
  "wrong.js",
];

Deno.test("a new project for Node", { sanitizeResources: false }, async (t) => {
  await using user = await Project.create();
  const tarball = (await readdir(user.folder)).find((name) => name.endsWith(".tgz")) ?? "";
  const place = join(user.folder, "order-desk");
  const npm = (...args: string[]): Promise<Finished> => user.run("npm", "--prefix", place, ...args);

  await t.step("is written by the program of the package, because Node runs it", async () => {
    const args = ["new", "order-desk", "--events", "--description", 'It\'s "*/" `${a}` </p>'];

    const { code, stdout, stderr } = await user.run(join("node_modules", ".bin", "gemstone"), ...args);

    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /cd order-desk\n {2}npm install\n {2}npm test\n {2}npm start\n/);
  });

  await t.step("installs its packages, with the built one in place of a published one", async () => {
    const { code, stderr } = await npm("install", ...NPM_FLAGS, join(user.folder, tarball));

    assertEquals(code, 0, stderr);
  });

  await t.step("passes its own npm test", async () => {
    const { code, stdout, stderr } = await npm("test");

    assertEquals(code, 0, stdout + stderr);
    assertMatch(stdout, /^# pass 7\n# fail 0$/m);
  });

  await t.step("has its types checked by npm test", async () => {
    await user.write({ "order-desk/wrong.ts": "export const port: number = 'eight';\n" });
    const wrong = await npm("test");
    await user.write({ "order-desk/wrong.ts": "export {};\n" });

    assertEquals(wrong.code === 0, false);
    assertStringIncludes(wrong.stdout, "wrong.ts");
  });

  await t.step("starts from its sources, from any folder", async () => {
    await checkProgram(join(place, "node_modules/.bin/tsx"), join(place, "main.ts"));
  });

  await t.step("is built into plain JavaScript, which starts from any folder, with its page", async () => {
    const { code, stdout, stderr } = await npm("run", "build");

    assertEquals(code, 0, stdout + stderr);
    const built = (await listFolder(join(place, "dist"))).filter((path) => !path.endsWith(".js.map"));
    assertEquals(built, BUILT_FILES);
    for (const name of ["handlers", "static", "templates"]) await rm(join(place, name), { recursive: true });
    await checkProgram("node", join(place, "dist/main.js"));
  });
});

/** Starts a service, calls it, opens its page, and ends it. */
async function checkProgram(program: string, main: string): Promise<void> {
  const child = spawn(program, [main, "--port", "0", "--greeting", "good day"], {
    cwd: tmpdir(),
    env: process.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const running = new SpawnedService(child);
  try {
    const port = await within(LIMIT_MS, "the start", running.port());
    const origin = `http://127.0.0.1:${port}`;
    const response = await fetch(`${origin}/api`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "say_hello", params: { name: "Ann" } }),
    });
    assertEquals((await response.json()).result, "good day Ann");
    await checkPage(origin);
    running.kill("SIGTERM");
    assertEquals(await within(LIMIT_MS, "the end", running.ended), { code: 0, signal: null });
  } finally {
    running.kill("SIGKILL");
    await running.ended;
  }
}
