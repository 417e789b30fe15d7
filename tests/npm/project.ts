/**
 * A project of a user, in a folder of its own, with the packed npm package installed from its tarball.
 *
 * @module
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** How long a program may run, in milliseconds. */
const TIMEOUT_MS = 120_000;
const NPM_FLAGS = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];

/** The built package; `deno task build:npm` makes it. */
export const PACKAGE_FOLDER: string = fileURLToPath(new URL("../../npm/", import.meta.url));

/** What a program came to. */
export interface Finished {
  /** The exit code. */
  code: number;
  /** Standard output. */
  stdout: string;
  /** Standard error. */
  stderr: string;
}

/** A folder with a package.json and the package in `node_modules`. */
export class Project implements AsyncDisposable {
  /** The folder. */
  readonly folder: string;
  /** The paths in the tarball. */
  readonly packed: readonly string[];

  private constructor(folder: string, packed: readonly string[]) {
    this.folder = folder;
    this.packed = packed;
  }

  /**
   * Packs the package and installs it.
   *
   * @param packages What else to install, as npm names it.
   * @returns The project.
   * @throws {Error} when there is no built package or npm fails.
   */
  static async create(packages: string[] = []): Promise<Project> {
    const folder = await mkdtemp(join(tmpdir(), "gemstone-npm-"));
    const [packed] = JSON.parse(
      await succeed("npm", ["pack", "--json", "--pack-destination", folder], PACKAGE_FOLDER),
    );
    const project = new Project(folder, packed.files.map(({ path }: { path: string }) => path));
    await project.write({ "package.json": JSON.stringify({ name: "user", private: true, type: "module" }) });
    await succeed("npm", ["install", ...NPM_FLAGS, join(folder, packed.filename), ...packages], folder);
    return project;
  }

  /**
   * Writes files.
   *
   * @param files Texts by path.
   */
  async write(files: Record<string, string>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(this.folder, path)), { recursive: true });
      await writeFile(join(this.folder, path), text);
    }
  }

  /**
   * Runs a program in the folder.
   *
   * @param program The program.
   * @param args Its arguments.
   * @returns Exit code and output.
   */
  run(program: string, ...args: string[]): Promise<Finished> {
    return execute(program, args, this.folder);
  }

  /** Removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function succeed(program: string, args: string[], folder: string): Promise<string> {
  const { code, stdout, stderr } = await execute(program, args, folder);
  if (code !== 0) {
    throw new Error(`Cannot run ${program} ${args.join(" ")}: it ended with ${code}\n${stdout}${stderr}`);
  }
  return stdout;
}

function execute(program: string, args: string[], cwd: string): Promise<Finished> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd, timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
  });
}
