/**
 * Brings the programs of the benchmark to Node: one JavaScript file each, with the packages that they name
 * installed beside them, in a folder that git ignores.
 *
 * @module
 */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";

const HERE = import.meta.dirname as string;
const PACKAGE = `${HERE}/../../npm`;
const SCRATCH = `${PACKAGE}/.bench`;

const LIBRARY = "@gemstone/gemstone";

/** A package in a source file: `"npm:hono@4.13.19"`. */
const NPM_SPECIFIER = /"npm:((?:@[^/"]+\/)?[^@/"]+)@([^/"]+)(\/[^"]*)?"/g;

/** The path of the JavaScript that `buildForNode()` makes from a program. */
export function builtForNode(file: string): string {
  return `${SCRATCH}/${file.replace("/", "_")}.mjs`;
}

/**
 * Builds a program for Node and installs what it imports.
 *
 * @param file Its path below scripts/bench, without `.ts`.
 * @throws {Error} when it does not compile or npm fails.
 */
export function buildForNode(file: string): void {
  mkdirSync(SCRATCH, { recursive: true });
  const output = builtForNode(file);
  const external = ["--packages", "external", "--external", LIBRARY];
  run(Deno.execPath(), ["bundle", "--quiet", "--no-lock", ...external, "-o", output, `${HERE}/${file}.ts`]);
  const dependencies: Record<string, string> = {};
  const source = readFileSync(output, "utf8");
  const code = source.replace(NPM_SPECIFIER, (_match: string, name: string, version: string, path = "") => {
    dependencies[name] = version;
    return `"${name}${path}"`;
  });
  if (code.includes(`"${LIBRARY}`)) {
    if (!existsSync(`${PACKAGE}/package.json`)) {
      throw new Error("Cannot find the package in npm/: run `deno task build:npm` first");
    }
    dependencies[LIBRARY] = "file:..";
  }
  writeFileSync(output, code);
  install(dependencies);
}

/** Adds packages to those of the scratch folder, unless they are there. */
function install(dependencies: Record<string, string>): void {
  const path = `${SCRATCH}/package.json`;
  const present = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).dependencies : {};
  const missing = Object.keys(dependencies).filter((name) =>
    present[name] !== dependencies[name] || !existsSync(`${SCRATCH}/node_modules/${name}`) || isOutdated(name)
  );
  if (missing.length === 0) return;
  // npm takes a package of the same version for the same package.
  if (missing.includes(LIBRARY)) {
    rmSync(`${SCRATCH}/node_modules/${LIBRARY}`, { recursive: true, force: true });
    rmSync(`${SCRATCH}/node_modules/.package-lock.json`, { force: true });
  }
  writeFileSync(
    path,
    JSON.stringify({ private: true, dependencies: { ...present, ...dependencies } }, null, 2),
  );
  run("npm", [
    "install",
    "--install-links",
    "--no-package-lock",
    "--no-audit",
    "--no-fund",
    "--prefix",
    SCRATCH,
  ]);
}

/** Says whether the library was built after it was installed here. */
function isOutdated(name: string): boolean {
  if (name !== LIBRARY) return false;
  // The file that npm writes last; those of the package itself carry the date of npm's choice.
  const installed = `${SCRATCH}/node_modules/.package-lock.json`;
  return statSync(`${PACKAGE}/package.json`).mtimeMs > statSync(installed).mtimeMs;
}

function run(program: string, args: readonly string[]): void {
  const { success, stderr } = new Deno.Command(program, { args: [...args], stdout: "null", stderr: "piped" })
    .outputSync();
  if (!success) {
    throw new Error(`Cannot run ${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  }
}
