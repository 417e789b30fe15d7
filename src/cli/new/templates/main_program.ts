/** @module */
import type { ProjectOptions } from "../project_options.ts";

/**
 * Writes `main.ts`, which starts the service.
 *
 * @param options What the project is made from.
 * @returns The text.
 */
export function createMainProgram({ name: { className } }: ProjectOptions): string {
  return `import { ${className} } from "./service.ts";

// Listens until SIGINT or SIGTERM; the command line changes its settings, and --help lists them.
await new ${className}().start();
`;
}
