/** Looks for a browser. Nothing but `node:` modules here: the tasks ask, too. */
import process from "node:process";
import { findProgram } from "../support/run_command.ts";

/** The names of Debian, of Ubuntu, and of Google's own package. */
const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/**
 * Finds Chromium: the program that `CHROMIUM` names, or one on the PATH.
 *
 * @returns Its path. What `CHROMIUM` says is not checked: a wrong one must fail, not skip tests.
 */
export function findBrowser(): string | undefined {
  const named = process.env.CHROMIUM;
  if (named) return named;
  return NAMES.map(findProgram).find((path) => path !== undefined);
}
