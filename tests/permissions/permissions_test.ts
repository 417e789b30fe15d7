/**
 * The smallest set of Deno's permissions for each feature: its program works with the set, and without any part of it
 * fails and says what is missing. Node has no such permissions.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { createMemoryLogger } from "../support/service.ts";
import { SpawnedService } from "../support/spawn_service.ts";
import { findFreePort } from "../support/tcp_port.ts";
import {
  BROKER_FEATURES,
  type Feature,
  LOCAL_FEATURES,
  type Stage,
  TOOL_FEATURES,
  type Use,
} from "./features.ts";
import { Greeter } from "./programs/greeter.ts";

const IS_DENO = "Deno" in globalThis;
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Not with our deno.json: its option `lazy-dynamic-imports`, which no user has, makes a program read more files. */
const RUN = ["run", "--no-prompt", "--no-check", "--quiet", "--no-config"];
/** Where no flag speaks of permissions, `node:child_process` of Deno adds `-A`. */
const NO_INHERITANCE = "--deny-ffi";
const MAP = `--import-map=${join(ROOT, "scripts/npm/import_map.json")}`;
/** A program that hangs is killed after this time; so is one without a permission that goes on trying. */
const LONGEST_RUN_MS = 60_000;

const FEATURES = IS_DENO ? [...LOCAL_FEATURES, ...BROKER_FEATURES, ...TOOL_FEATURES] : [];

for (const { name, needs, toUse, cleanUp } of FEATURES) {
  Deno.test({
    name: `Deno: ${name} needs these permissions and no others`,
    ignore: needs !== undefined && !process.env[needs],
    fn: async () => {
      try {
        await withStages((createStage) => checkFeature(toUse, createStage));
      } finally {
        await cleanUp?.();
      }
    },
  });
}

Deno.test({
  name: "permissions (they are of Deno alone)",
  ignore: !IS_DENO,
  fn: () =>
    assertEquals(toFlags(["net=a:1", "read=b", "net=c:2"]), ["--allow-net=a:1,c:2", "--allow-read=b"]),
});

/** Uses the feature with all of its permissions, and without each of them, all at the same time. */
async function checkFeature(toUse: Feature["toUse"], createStage: () => Promise<Stage>): Promise<void> {
  const allowed = toUse(await createStage());
  const checks = [checkAllowed(allowed)];
  for (const index of allowed.permissions.keys()) checks.push(checkDenied(toUse(await createStage()), index));

  // All must have ended before the folders of the stages go.
  const failed = (await Promise.allSettled(checks)).find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

async function checkAllowed(use: Use): Promise<void> {
  const { code, output } = await run(use, use.permissions);

  assertEquals(code, 0, output);
}

async function checkDenied(use: Use, index: number): Promise<void> {
  const missing = use.permissions[index] ?? "";
  const { code, output } = await run(use, use.permissions.filter((permission) => permission !== missing));

  assert(code !== null && code !== 0, `Without ${missing} it works or does not end (${code}):\n${output}`);
  assertMatch(output, toRefusal(missing));
}

async function run(
  use: Use,
  permissions: readonly string[],
): Promise<{ code: number | null; output: string }> {
  const { program, args = [], env = {}, serves = false } = use;
  const flags = [...RUN, MAP, NO_INHERITANCE, ...toFlags(permissions)];
  const child = spawn(process.execPath, [...flags, join(ROOT, program), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const running = new SpawnedService(child);
  const limit = setTimeout(() => running.kill("SIGKILL"), LONGEST_RUN_MS);
  if (serves) running.waitFor(/Listening on /).then(() => running.kill("SIGTERM"), () => {});
  const { code } = await running.ended;
  clearTimeout(limit);
  return { code, output: running.stdout + running.stderr };
}

/** One flag for each kind, which is what Deno takes. */
function toFlags(permissions: readonly string[]): string[] {
  const granted = new Map<string, string[]>();
  for (const permission of permissions) {
    const [kind = "", value = ""] = permission.split("=");
    granted.set(kind, [...granted.get(kind) ?? [], value]);
  }
  return [...granted].map(([kind, values]) => `--allow-${kind}=${values.join(",")}`);
}

/** What Deno says when a permission is missing. */
function toRefusal(permission: string): RegExp {
  const [kind, value = ""] = permission.split("=");
  const places = value.split(",").map((place) => place.replaceAll(/[\\.]/g, "\\$&"));
  return new RegExp(`Requires ${kind} access to "(?:${places.join("|")})`);
}

/** Runs a service that greets, and makes as many stages as are asked for: programs must not disturb each other. */
async function withStages(test: (createStage: () => Promise<Stage>) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "gemstone-permissions-"));
  const greeter = new Greeter();
  greeter.getLogger = createMemoryLogger;
  try {
    await greeter.start({ args: [] });
    await test(async () => ({
      folder: await createFolder(folder),
      greeterUrl: greeter.url,
      ports: [await findFreePort(), await findFreePort()],
    }));
  } finally {
    await greeter.stop();
    await rm(folder, { recursive: true });
  }
}

async function createFolder(parent: string): Promise<string> {
  const folder = await mkdtemp(join(parent, "stage-"));
  const files = {
    "settings.json": '{"endpoint": "/from_file"}',
    "file.txt": "hello world\n",
    "page.html": "hello {{ name }}\n",
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}
