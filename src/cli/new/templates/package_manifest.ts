/** @module */
import { GEMSTONE_RANGE, NODE_TOOLS } from "../package_ranges.ts";
import type { ProjectOptions } from "../project_options.ts";
import { toJsonText } from "../template_text.ts";

/**
 * Writes `package.json`. The sources run through tsx, because no Node runs decorators by itself; what is deployed
 * is plain JavaScript, which tsc writes.
 *
 * @param options What the project is made from.
 * @returns The text.
 */
export function createPackageManifest(options: ProjectOptions): string {
  const { name, description, author, hasWeb } = options;
  return toJsonText({
    name: name.packageName,
    version: "0.1.0",
    private: true,
    description,
    ...author !== undefined && { author },
    type: "module",
    engines: { node: ">=20.6" },
    scripts: {
      start: "tsx main.ts",
      dev: `tsx watch ${hasWeb ? '--include "templates/**/*" ' : ""}main.ts`,
      test: "tsc && node --import tsx --test service_test.ts",
      build: `tsc --project tsconfig.build.json${hasWeb ? ` && ${COPY_WEB_FILES}` : ""}`,
    },
    dependencies: { "@gemstone/gemstone": GEMSTONE_RANGE },
    devDependencies: NODE_TOOLS,
  });
}

/** In words that every shell takes alike. */
const COPY_WEB_FILES = `node --input-type=module --eval "import { cpSync } from 'node:fs'; ` +
  `for (const name of ['static', 'templates']) cpSync(name, 'dist/' + name, { recursive: true });"`;
