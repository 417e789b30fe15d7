/**
 * All that a soak runs on one runtime: a broker, two registries, two instances of a service, and those who use them.
 *
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PrivateBroker } from "../../tests/support/broker.ts";
import type { SoakRuntime } from "./options.ts";
import type { LoadPlan } from "./programs/load.ts";
import type { ServicePlan } from "./programs/service.ts";
import { toCommand } from "./programs.ts";
import { SoakProcess } from "./soak_process.ts";

/** The name by which the service is found. */
const SERVICE = "soak.hello";

/** A process that has a URL. */
export interface Place {
  readonly process: SoakProcess;
  readonly url: string;
}

/** The processes of a soak. They end with this object, or with this process at the latest. */
export class Stage implements AsyncDisposable {
  readonly runtime: SoakRuntime;
  readonly broker: PrivateBroker;
  /** The folder of the ledgers. */
  readonly ledgers: string;
  /** Two; the first one is killed on the way. */
  readonly registries: Place[] = [];
  /** Two instances. */
  readonly services: Place[] = [];
  /** Who calls. */
  load!: SoakProcess;
  /** Who cuts connections. */
  resets!: SoakProcess;
  /** Rejects when a process ends though nobody has ended it. */
  readonly failed: Promise<never>;
  readonly #processes: SoakProcess[] = [];
  #fail!: (error: unknown) => void;

  private constructor(runtime: SoakRuntime, broker: PrivateBroker, ledgers: string) {
    this.runtime = runtime;
    this.broker = broker;
    this.ledgers = ledgers;
    this.failed = new Promise((_resolve, reject) => this.#fail = reject);
    this.failed.catch(() => {});
  }

  /**
   * Starts everything, the services ready and announced.
   *
   * @param runtime Where the programs run.
   * @returns The stage.
   */
  static async open(runtime: SoakRuntime): Promise<Stage> {
    const ledgers = await mkdtemp(join(tmpdir(), "gemstone-soak-"));
    const stage = new Stage(runtime, await PrivateBroker.create(), ledgers);
    try {
      await stage.#open();
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** All processes that were started, also those that have ended. */
  get processes(): readonly SoakProcess[] {
    return this.#processes;
  }

  /** Starts the first registry again, at its place. */
  async restartRegistry(): Promise<void> {
    const { url } = this.registries[0]!;
    this.registries[0] = await this.#startRegistry("registry 1", new URL(url).port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.kill()));
    await this.broker[Symbol.asyncDispose]();
    await rm(this.ledgers, { recursive: true, force: true });
  }

  async #open(): Promise<void> {
    for (const name of ["registry 1", "registry 2"]) {
      this.registries.push(await this.#startRegistry(name, "0"));
    }
    const registries = this.registries.map(({ url }) => url);
    const plan: ServicePlan = {
      broker: this.broker.url,
      registries,
      ledgers: this.ledgers,
      service: SERVICE,
    };
    for (const name of ["service A", "service B"]) {
      const { process, ready } = await this.#start<{ url: string }>(name, "service", JSON.stringify(plan));
      this.services.push({ process, url: ready.url });
    }
    // What was declared just now would not outlive a SIGKILL of this broker.
    await this.broker.settle();
    const loadPlan: LoadPlan = { registries, ledgers: this.ledgers, service: SERVICE };
    this.load = (await this.#start("load", "load", JSON.stringify(loadPlan))).process;
    this.resets = (await this.#start("resets", "resets", "")).process;
  }

  async #startRegistry(name: string, port: string): Promise<Place> {
    const { process, ready } = await this.#start<{ url: string }>(name, "registry", port);
    return { process, url: ready.url };
  }

  async #start<Ready>(
    name: string,
    program: "service" | "registry" | "load" | "resets",
    argument: string,
  ): Promise<{ process: SoakProcess; ready: Ready }> {
    const started = await SoakProcess.start<Ready>(name, toCommand(this.runtime, program, argument));
    this.#processes.push(started.process);
    started.process.failed.catch(this.#fail);
    return started;
  }
}
