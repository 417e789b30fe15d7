/**
 * The packages that new projects use.
 *
 * @module
 */
import { VERSION } from "../version.ts";

/** The versions of this library that a project made by it fits. */
export const GEMSTONE_RANGE = `^${VERSION}`;

/** Of Deno's standard library. */
export const STD_ASSERT_RANGE = "^1.0.19";

/** The tools of a project for Node, each within one major version. */
export const NODE_TOOLS: Readonly<Record<string, string>> = {
  "@types/node": "^20.19.0",
  tsx: "^4.23.15",
  typescript: "^7.0.2",
};
