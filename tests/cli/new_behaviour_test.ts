import { assert, assertEquals, assertMatch } from "@std/assert";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createProjectFiles } from "../../src/cli/new/project_files.ts";
import { writeProject } from "../../src/cli/new/write_project.ts";
import { copyLibrary, createOptions, linkProject, runDeno, withFolder } from "./new_fixture.ts";

const NEEDS_DENO = { ignore: !("Deno" in globalThis) };

/** What a user might break, and the tests of the project that fail then. */
const LOSSES: [path: string, text: string, broken: string, failing: RegExp][] = [
  ["service.ts", "isSameToken(token, this.apiToken)", "true", /needs the token[^]*no token/],
  ["service.ts", "isSameToken(token, this.apiToken)", "token === this.apiToken", /no token/],
  ["service.ts", "isSameToken(token, this.apiToken)", "false", /needs the token/],
  ["service.ts", "private: true, ", "", /needs the token[^]*no token/],
  ["service.ts", "this.#greetings++", "", /needs the token/],
  ["service.ts", "${this.greeting} ", "hello ", /from the settings/],
  ["service.ts", "this.newcomers.push(user.name)", "", /remembers who has registered/],
  ["service.ts", '[["/", showIndex]]', "[]", /the page names the service/],
  ["service.ts", '[["/static", ', '[["/files", ', /the page finds its style/],
  ["handlers/index.ts", "{ name, endpoint });", "{ name, endpoint: '/api' });", /the page names/],
  ["templates/index.html", "<h1>{{ name }}</h1>", "<h1></h1>", /the page names the service/],
  ["templates/base.html", "{% block content %}", "{% block body %}", /the page names the service/],
  ["templates/base.html", "/static/app.js", "/static/main.js", /the page finds its style/],
];

Deno.test("the tests of a new project fail when one of its features is lost", NEEDS_DENO, async () => {
  await withFolder(async (folder) => {
    const project = join(folder, "order-desk");
    const files = createProjectFiles(createOptions({ hasEvents: true }));
    await writeProject(project, files);
    const config = join(project, "deno.json");
    await linkProject(config, await copyLibrary(join(folder, "library")));
    const runTests = () => runDeno("task", "--config", config, "test", "--no-check", "--no-prompt");

    assertEquals((await runTests()).code, 0);
    for (const [path, text, broken, failing] of LOSSES) {
      const whole = files.get(path) ?? "";
      assert(whole.includes(text), `${path} has no ${text}`);
      await writeFile(join(project, path), whole.replace(text, () => broken));
      const { code, stdout } = await runTests();
      await writeFile(join(project, path), whole);

      assertEquals(code, 1, `${broken} in place of ${text} in ${path}: ${stdout}`);
      assertMatch(stdout, new RegExp(` FAILURES [^]*${failing.source}`), `${broken}: ${stdout}`);
    }
  });
});
