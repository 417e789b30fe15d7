/**
 * The files of a new project: one function for each, in `templates/`.
 *
 * @module
 */
import type { ProjectOptions } from "./project_options.ts";
import { createBuildConfig, createCompilerConfig } from "./templates/compiler_config.ts";
import { createDenoConfig } from "./templates/deno_config.ts";
import { createIgnoreList } from "./templates/ignore_list.ts";
import { createMainProgram } from "./templates/main_program.ts";
import { createPackageManifest } from "./templates/package_manifest.ts";
import { createReadme } from "./templates/readme.ts";
import { createServiceClass } from "./templates/service_class.ts";
import { createServiceTests } from "./templates/service_tests.ts";
import {
  createBasePage,
  createIndexPage,
  createPageHandler,
  createPageScript,
  createStyle,
} from "./templates/web_page.ts";

type FileTable = readonly (readonly [path: string, create: (options: ProjectOptions) => string])[];

const ALWAYS: FileTable = [
  [".gitignore", createIgnoreList],
  ["README.md", createReadme],
  ["main.ts", createMainProgram],
  ["service.ts", createServiceClass],
  ["service_test.ts", createServiceTests],
];

const FOR_RUNTIME: Readonly<Record<ProjectOptions["runtime"], FileTable>> = {
  deno: [["deno.json", createDenoConfig]],
  node: [
    ["package.json", createPackageManifest],
    ["tsconfig.build.json", createBuildConfig],
    ["tsconfig.json", createCompilerConfig],
  ],
};

const FOR_WEB: FileTable = [
  ["handlers/index.ts", createPageHandler],
  ["static/app.js", createPageScript],
  ["static/style.css", createStyle],
  ["templates/base.html", createBasePage],
  ["templates/index.html", createIndexPage],
];

/**
 * Writes all files of a project, in memory.
 *
 * @param options What the project is made from.
 * @returns Texts by path, with `/`, in the order of the paths.
 */
export function createProjectFiles(options: ProjectOptions): ReadonlyMap<string, string> {
  const table = [...ALWAYS, ...FOR_RUNTIME[options.runtime], ...(options.hasWeb ? FOR_WEB : [])];
  const sorted = table.toSorted(([a], [b]) => a < b ? -1 : 1);
  return new Map(sorted.map(([path, create]) => [path, create(options)]));
}
