/**
 * Packages of the operating system.
 *
 * @module
 */
import process from "node:process";
import { capture } from "../tasks/process.ts";
import { say } from "../tasks/say.ts";

const LIMIT_MS = 300_000;

/**
 * Installs a Debian package, where that is wanted (in CI, or asked for) and possible (as root, with apt-get).
 *
 * @param name The package.
 * @param isAsked Whether the user asked for it.
 * @returns Whether it is installed now.
 */
export async function installPackage(name: string, isAsked: boolean): Promise<boolean> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  if (!isAsked && process.env.CI !== "true") return false;
  const install = ["install", "--yes", "--no-install-recommends", name];
  say(`services: installing the package ${name}`);
  // A fresh image has no lists of packages.
  return await aptGet(install) || await aptGet(["update"]) && await aptGet(install);
}

async function aptGet(args: string[]): Promise<boolean> {
  // In the runlevel of maintenance the package does not start its server: we start one of our own, and end it.
  const env = { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const command = ["apt-get", "--quiet", "-o", "DPkg::Lock::Timeout=60", ...args];
  const ended = await capture(command, { env, timeoutMs: LIMIT_MS }).catch(() => undefined);
  if (ended !== undefined && ended.code !== 0) say(ended.stderr.trim().split("\n").slice(-3).join("\n"));
  return ended?.code === 0;
}
