/**
 * Makes the faults of a soak happen, and measures how long it takes until all is as before.
 *
 * @module
 */
import { join } from "node:path";
import { RemoteService } from "@gemstone/gemstone/client";
import { Ledger } from "../../tests/support/event_ledger.ts";
import type { PrivateBroker } from "../../tests/support/broker.ts";
import { pause, waitUntil } from "../../tests/support/wait_until.ts";
import { type FaultName, planFaults } from "./fault_plan.ts";
import type { FaultFindings } from "./findings.ts";
import type { Stage } from "./stage.ts";

/** What takes longer will not come. */
const RECOVERY_LIMIT_MS = 60_000;

/** Does to a stage what is planned. */
export class FaultDriver {
  /** What came of it so far. */
  readonly findings: FaultFindings[] = [];
  readonly #stage: Stage;
  readonly #say: (line: string) => void;

  constructor(stage: Stage, say: (line: string) => void) {
    this.#stage = stage;
    this.#say = say;
  }

  /**
   * Makes one fault after the other.
   *
   * @param totalMs How long the load lasts.
   * @param elapsedMs Tells how long it has lasted.
   */
  async run(totalMs: number, elapsedMs: () => number): Promise<void> {
    for (const { name, atMs } of planFaults(totalMs)) {
      await pause(Math.max(0, atMs - elapsedMs()));
      this.#say(name);
      await this.#faults[name]();
    }
  }

  readonly #faults: Readonly<Record<FaultName, () => Promise<void>>> = {
    "broker killed": async () => {
      await this.#endBroker((broker) => broker.kill());
      await this.#startBroker("broker killed (SIGKILL)");
    },
    "broker restarted": async () => {
      await this.#endBroker((broker) => broker.terminate());
      await this.#startBroker("broker stopped (SIGTERM)");
    },
    "registry killed": () => this.#stage.registries[0]!.process.kill(),
    "registry started": async () => {
      await this.#stage.restartRegistry();
      await this.#measure(
        { name: "registry killed (SIGKILL)", until: "knows all services after its start" },
        () => this.#isComplete(),
      );
    },
  };

  /** One that has not come up on a busy machine can not be ended; that its events did not go on has been judged. */
  async #endBroker(how: (broker: PrivateBroker) => Promise<void>): Promise<void> {
    await how(this.#stage.broker).catch((error: Error) =>
      this.#say(`Cannot end the broker: ${error.message}`)
    );
  }

  async #startBroker(name: string): Promise<void> {
    await this.#stage.broker.start();
    const path = join(this.#stage.ledgers, "handled");
    const before = Ledger.size(path);
    await this.#measure({ name, until: "events go on after its start" }, () => Ledger.size(path) > before);
  }

  /** Whether the registry that was started again knows what is there. */
  async #isComplete(): Promise<boolean> {
    const { registries: [registry], services } = this.#stage;
    const urls = await new RemoteService(registry!.url).callMethod<string[]>("locate_service", ["soak.*"]);
    return urls.unwrap().length === services.length;
  }

  async #measure(
    { name, until }: { readonly name: string; readonly until: string },
    holds: () => boolean | Promise<boolean>,
  ): Promise<void> {
    const startedMs = performance.now();
    // In vain: that misses any bound.
    const recoveryMs = await waitUntil(until, holds, RECOVERY_LIMIT_MS)
      .then(() => performance.now() - startedMs, (error: Error) => {
        this.#say(error.message);
        return Infinity;
      });
    this.findings.push({ name, until, recoveryMs });
  }
}
