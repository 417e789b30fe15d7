import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";

/** The contents by their paths; the cases name them. */
const FILES: Readonly<Record<string, string>> = {
  "secret.txt": "top secret",
  "static/static1": "this is static 1",
  "static/static2": "this is static 2",
  "static/page.html": "<p>page</p>",
  "static/sub/inner.txt": "inner",
  "templates/template1.html": "This is template 1",
  "templates/template2.html": "hello {{ name }}",
};

/**
 * The files that the cases ask for, in a folder of the process, as the instances in its worker threads are not
 * stopped; one is a link out of the static directory.
 */
export class FixtureFiles {
  readonly #root = join(tmpdir(), `gemstone-fixture-${process.pid}`);

  constructor() {
    if (existsSync(this.#root)) return;
    for (const [path, content] of Object.entries(FILES)) {
      mkdirSync(dirname(join(this.#root, path)), { recursive: true });
      writeFileSync(join(this.#root, path), content);
    }
    symlinkSync("../secret.txt", join(this.#root, "static", "link"));
  }

  /** Returns the path of a folder. */
  folder(name: "static" | "templates"): string {
    return join(this.#root, name);
  }

  /** Deletes them. */
  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}
