/**
 * The programs of the benchmark and how each is started on each runtime.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { Child } from "./child.ts";
import { buildForNode, builtForNode } from "./node_build.ts";

/** Where a program runs. */
export type RuntimeName = "deno" | "node";

/** Both runtimes, in the order of the tables. */
export const RUNTIMES: readonly RuntimeName[] = ["deno", "node"];

/** A program and how it shall run. */
export interface Program {
  /** Where it runs. */
  readonly runtime: RuntimeName;
  /** Its path below scripts/bench, without `.ts`. */
  readonly file: string;
  /** Whether it shall answer the questions of `probe.ts`. */
  readonly isProbed: boolean;
}

const HERE = import.meta.dirname as string;
/** Without /proc a server is asked for its processor time. */
export const HAS_NO_PROC: boolean = !existsSync("/proc/self/stat");
const IMPORT_MAP = `${HERE}/../npm/import_map.json`;

/** Makes a program ready to start. @throws {Error} when it can not be built for Node. */
export function prepare({ runtime, file, isProbed }: Program): void {
  if (runtime !== "node") return;
  buildForNode(file);
  if (isProbed) buildForNode("probe");
}

/** Starts a program; a probed one runs inside `probe.ts`. */
export function startProgram(program: Program, args: readonly string[] = []): Child {
  if (!program.isProbed) return new Child([...commandFor(program.runtime, program.file, []), ...args]);
  const child = new Child(commandFor(program.runtime, "probe", ["--expose-gc"]));
  child.tell(`run ${pathToFileURL(pathOf(program.runtime, program.file)).href}`);
  return child;
}

function commandFor(runtime: RuntimeName, file: string, v8Flags: readonly string[]): string[] {
  const path = pathOf(runtime, file);
  if (runtime === "node") return ["node", ...v8Flags, path];
  const flags = ["--allow-all", "--no-check", "--no-lock", "--import-map", IMPORT_MAP];
  if (v8Flags.length > 0) flags.push(`--v8-flags=${v8Flags.join(",")}`);
  return [Deno.execPath(), "run", ...flags, path];
}

function pathOf(runtime: RuntimeName, file: string): string {
  return runtime === "node" ? builtForNode(file) : `${HERE}/${file}.ts`;
}
