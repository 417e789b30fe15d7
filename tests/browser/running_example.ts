/** An example that runs on one of the runtimes while a page is looked at. */
import { assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { SpawnedService } from "../support/spawn_service.ts";
import { within } from "../support/wait_until.ts";

/** The runtimes that the service may run on. */
export type Runtime = "Deno" | "Node";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
/** Far below the 10 s after which `stop()` of a service cuts off what still runs. */
const STOP_LIMIT_MS = 5_000;
const DENO_FLAGS = ["run", "-A", "--no-lock", "--quiet", "--import-map=scripts/npm/import_map.json"];

/** Says whether an example can run: for Node the npm package must have been built. */
export function canRun(idea: string, runtime: Runtime): boolean {
  return existsSync(join(ROOT, toPath(idea, runtime)));
}

/** A process of an example. */
export class RunningExample implements AsyncDisposable {
  /** Where it listens. */
  readonly port: number;
  readonly #service: SpawnedService;

  private constructor(service: SpawnedService, port: number) {
    this.#service = service;
    this.port = port;
  }

  /** Starts an example; it listens when this has resolved. */
  static async start(idea: string, runtime: Runtime, port = 0): Promise<RunningExample> {
    const [program, flags] = runtime === "Deno" ? [process.execPath, DENO_FLAGS] : ["node", []];
    const args = [...flags, toPath(idea, runtime), "--port", String(port)];
    const service = new SpawnedService(
      spawn(program, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] }),
    );
    return new RunningExample(service, await service.port());
  }

  /** The address of its page. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Stops the service as Ctrl-C does; fails when that takes long, or the process does not end well. */
  async stop(): Promise<void> {
    this.#service.kill("SIGTERM");
    const { code } = await within(STOP_LIMIT_MS, "the service stops", this.#service.ended);
    assertEquals(code, 0, this.#service.stderr);
  }

  /** Ends the process, if it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#service.kill("SIGKILL");
    await this.#service.ended;
  }
}

function toPath(idea: string, runtime: Runtime): string {
  return runtime === "Deno" ? `examples/${idea}/main.ts` : `npm/examples/${idea}/main.js`;
}
