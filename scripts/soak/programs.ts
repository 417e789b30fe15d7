/**
 * The programs of the soak, and how each is started on each runtime.
 *
 * @module
 */
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import process from "node:process";
import { promisify } from "node:util";
import type { SoakRuntime } from "./options.ts";

/** The programs, in the folder of that name. */
export type SoakProgram = "service" | "registry" | "load" | "resets";

const PROGRAMS: readonly SoakProgram[] = ["service", "registry", "load", "resets"];
const HERE = import.meta.dirname as string;
const IMPORT_MAP = `${HERE}/../npm/import_map.json`;
const LIBRARY = "@gemstone/gemstone";
/** In the folder of the built package, so that Node finds the package by its own name. */
const FOR_NODE = `${HERE}/../../npm/.soak`;

/**
 * Makes the programs ready to start.
 *
 * @param runtime On Node they are compiled; the npm package must have been built.
 * @throws {Error} when that fails.
 */
export async function preparePrograms(runtime: SoakRuntime): Promise<void> {
  if (runtime !== "node") return;
  await mkdir(FOR_NODE, { recursive: true });
  const flags = ["bundle", "--quiet", "--no-lock", "--packages", "external", "--external", LIBRARY];
  for (const program of PROGRAMS) {
    const files = ["-o", pathOf("node", program), pathOf("deno", program)];
    await promisify(execFile)(process.execPath, [...flags, ...files]);
  }
}

/**
 * The command line that starts a program.
 *
 * @param runtime Where it runs.
 * @param program Which one.
 * @param argument What it is told.
 * @returns The program file and its arguments.
 */
export function toCommand(runtime: SoakRuntime, program: SoakProgram, argument: string): string[] {
  const path = pathOf(runtime, program);
  if (runtime === "node") return ["node", "--expose-gc", path, argument];
  const flags = ["-A", "--no-check", "--no-lock", "--quiet", "--import-map", IMPORT_MAP];
  return [process.execPath, "run", ...flags, "--v8-flags=--expose-gc", path, argument];
}

function pathOf(runtime: SoakRuntime, program: SoakProgram): string {
  return runtime === "node" ? `${FOR_NODE}/${program}.mjs` : `${HERE}/programs/${program}.ts`;
}
