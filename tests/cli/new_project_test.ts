import { assertEquals, assertMatch } from "@std/assert";
import { spawn } from "node:child_process";
import { cp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createProjectFiles } from "../../src/cli/new/project_files.ts";
import { writeProject } from "../../src/cli/new/write_project.ts";
import { SpawnedService } from "../support/spawn_service.ts";
import { within } from "../support/wait_until.ts";
import {
  checkPage,
  copyLibrary,
  createOptions,
  HOSTILE_TEXTS,
  linkProject,
  runDeno,
  withFolder,
} from "./new_fixture.ts";

/** Projects for Node are tested in tests/npm, with the package as it is published. */
const NEEDS_DENO = { ignore: !("Deno" in globalThis) };
const LONGEST_RUN_MS = 60_000;

Deno.test(
  "a new project passes its own checks and tests, and starts from any folder",
  NEEDS_DENO,
  async () => {
    await withFolder(async (folder) => {
      const imports = await copyLibrary(join(folder, "library"));
      const project = join(folder, "order desk");
      await writeProject(project, createProjectFiles(createOptions({ hasEvents: true })));
      const config = join(project, "deno.json");
      const { start = "" } = await linkProject(config, imports);

      const check = await runDeno("task", "--config", config, "check");
      const test = await runDeno("task", "--config", config, "test");

      assertEquals(check.code, 0, check.stdout + check.stderr);
      assertEquals(test.code, 0, test.stdout + test.stderr);
      assertMatch(test.stdout, /\bok \| [1-9]\d* passed \| 0 failed/);
      await checkStart(start, project);
    });
  },
);

async function checkStart(task: string, project: string): Promise<void> {
  const [, ...args] = task.replace("main.ts", "--no-prompt main.ts --port 0").split(" ");
  const places: Record<string, string> = {
    "main.ts": join(project, "main.ts"),
    // A task has its own folder for the working directory; here it is another one.
    "--allow-read=static,templates": `--allow-read=${join(project, "static")},${join(project, "templates")}`,
  };
  const child = spawn(process.execPath, args.map((arg) => places[arg] ?? arg), {
    cwd: tmpdir(),
    env: { ...process.env, ORDER_DESK_API_TOKEN: "secret", ORDER_DESK_GREETING: "good day" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const program = new SpawnedService(child);
  try {
    const origin = `http://127.0.0.1:${await within(LONGEST_RUN_MS, "the start", program.port())}`;
    const call = async (method: string, params: object, token: string): Promise<unknown> => {
      const headers = { "content-type": "application/json", "x-api-token": token };
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
      const { result, error } = await (await fetch(`${origin}/api`, { method: "POST", headers, body }))
        .json();
      return result ?? error.code;
    };
    assertEquals(await call("say_hello", { name: "Ann" }, ""), "good day Ann");
    for (const token of ["", "guessed"]) assertEquals(await call("count_greetings", {}, token), -32001);
    assertEquals(await call("count_greetings", {}, "secret"), 1);
    await checkPage(origin);
    program.kill("SIGTERM");
    assertEquals(await within(LONGEST_RUN_MS, "the end", program.ended), { code: 0, signal: null });
  } finally {
    program.kill("SIGKILL");
    await program.ended;
  }
}

Deno.test("every kind of project is formatted, typed and free of lint", NEEDS_DENO, async () => {
  await withFolder(async (folder) => {
    const imports = await copyLibrary(join(folder, "library"));
    const projects = join(folder, "projects");
    const longest = "a".repeat(40);
    for (const [index, description] of HOSTILE_TEXTS.entries()) {
      const [hasWeb, hasEvents] = [index % 2 === 0, index % 4 < 2];
      const name = index < 4 ? longest : "order-desk";
      const options = createOptions({
        name,
        description,
        author: description,
        port: 65_535,
        hasWeb,
        hasEvents,
      });
      await writeProject(join(projects, String(index)), createProjectFiles(options));
    }
    // One for all of them, so that the compiler reads the library once.
    const config = join(projects, "0/deno.json");
    await linkProject(config, imports);
    await cp(config, join(projects, "deno.json"));
    for (const index of HOSTILE_TEXTS.keys()) await rm(join(projects, String(index), "deno.json"));

    for (const args of [["fmt", "--check"], ["lint"], ["check"]]) {
      const { code, stdout, stderr } = await runDeno(
        ...args,
        "--config",
        join(projects, "deno.json"),
        projects,
      );

      assertEquals(code, 0, `deno ${args[0]}: ${stdout}${stderr}`);
    }
  });
});
