/** @module */
import type { ProjectOptions } from "../project_options.ts";

/**
 * Writes `.gitignore`.
 *
 * @param options What the project is made from.
 * @returns The text.
 */
export function createIgnoreList({ runtime }: ProjectOptions): string {
  return `${runtime === "deno" ? "coverage/" : "dist/"}
node_modules/
*.log
.env
.env.*
`;
}
