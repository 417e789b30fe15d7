/** What the web part refuses among its options. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { IS_DENO } from "../../src/runtime/process.ts";
import type { WebOptions } from "../../src/web/web_options.ts";
import { runCommand } from "../support/run_command.ts";
import { toCommand } from "../support/worker_process.ts";
import { createSite } from "./site.ts";

const cycle: Record<string, unknown> = {};
cycle["self"] = cycle;

const WRONG: readonly [options: Record<string, unknown>, text: string][] = [
  [{ extraHandlers: null }, "Cannot use null as extraHandlers"],
  [{ extraHandlers: cycle }, "Cannot use object as extraHandlers"],
  [{ extraHandlers: [cycle] }, "Cannot use object as one of extraHandlers"],
  [{ staticDirs: 1n }, "Cannot use bigint as staticDirs"],
  [{ templateDir: new URL("https://example.org/") }, "as templateDir: give a path, or a file: URL"],
  [{ templateDir: 7 }, "Cannot use 7 as templateDir"],
  [{ cookieSecrets: "secret".repeat(10) }, "as cookieSecrets: give a list of texts"],
  [{ cookieSecrets: ["short"] }, "Cannot use one of 5 characters as a cookie secret"],
  [{ maxBodyBytes: 0 }, "Cannot use 0 as maxBodyBytes: give a positive integer"],
  [{ maxBodyBytes: "1" }, 'Cannot use "1" as maxBodyBytes'],
  [{ maxBodyBytes: NaN }, "as maxBodyBytes"],
  [{ reloadTemplates: "yes" }, 'Cannot use "yes" as reloadTemplates: give true or false'],
  [{ exposeErrorDetails: 1 }, "Cannot use 1 as exposeErrorDetails: give true or false"],
  [{ cors: "*" }, 'Cannot use "*" as cors'],
];

for (const [options, text] of WRONG) {
  Deno.test(`createWebHandler() refuses the option: ${text}`, async () => {
    await assertRejects(() => createSite(options as Partial<WebOptions>), TypeError, text);
  });
}

Deno.test("createWebHandler() takes undefined for what is not given", async () => {
  const options: Partial<WebOptions> = {
    extraHandlers: undefined,
    staticDirs: undefined,
    templateDir: undefined,
    reloadTemplates: undefined,
    cors: undefined,
    securityHeaders: undefined,
    cookieSecrets: undefined,
    maxBodyBytes: undefined,
    exposeErrorDetails: undefined,
    authenticate: undefined,
    stopping: undefined,
    now: undefined,
  };

  const response = await (await createSite(options)).get("/");

  assertEquals([response.status, await response.text()], [404, "Not Found\n"]);
});

Deno.test({
  name: "createWebHandler() names the permission that it lacks to read a directory",
  // Node has no such permission.
  ignore: !IS_DENO,
  async fn() {
    const command = toCommand("tests/web/unreadable_program", []);
    // Without the configuration of this repository, which wants to read modules of its own late.
    // Deno gives a program of its own all permissions, unless it has one that is named.
    const flags = (word: string) => word === "-A" ? ["--no-prompt", "--no-config", "--allow-env"] : [word];
    const { stdout, stderr } = await runCommand(command.flatMap(flags));

    const why =
      "the program has no permission to read it; run it with --allow-read, or --allow-read=<directory>";
    const [files, templates] = stdout.split("\n");
    assertMatch(files ?? "", /^Cannot use "file:.*" in staticDirs: /, stderr);
    assertMatch(templates ?? "", /^Cannot use "file:.*" in templateDir: /, stderr);
    assertEquals(stdout.split(why).length, 3);
  },
});
