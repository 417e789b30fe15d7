/** The processes of the chaos test. */
import { spawn } from "node:child_process";
import { SpawnedService } from "../support/spawn_service.ts";
import { within } from "../support/wait_until.ts";
import { toCommand } from "../support/worker_process.ts";

/** How often a worker is announced, in milliseconds. */
export const PING_INTERVAL_MS = 2_000;
/** How long a registry knows a worker that is silent, in milliseconds. */
export const LIFETIME_MS = 3 * PING_INTERVAL_MS;
/** The name of the workers. */
export const WORKER = "chaos.worker";

/** A process that may be killed. */
export class ChaosProcess implements AsyncDisposable {
  /** The endpoint. */
  readonly url: string;
  readonly #service: SpawnedService;

  private constructor(service: SpawnedService, port: number) {
    this.#service = service;
    this.url = `http://127.0.0.1:${port}/api`;
  }

  /** Starts one and waits until it listens. */
  static async start(...args: readonly string[]): Promise<ChaosProcess> {
    const [program = "", ...rest] = toCommand("tests/discovery/chaos_program", args);
    const service = new SpawnedService(spawn(program, rest, { stdio: ["ignore", "pipe", "pipe"] }));
    return new ChaosProcess(service, await within(30_000, "it listens", service.port()));
  }

  /** Ends it with SIGKILL. */
  async kill(): Promise<void> {
    this.#service.kill("SIGKILL");
    await this.#service.ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
