/**
 * What a contract is made of.
 *
 * @module
 */
import type { EventTransportCapabilities } from "../events/event_transport.ts";
import type { ContractStage } from "./contract_stage.ts";

/**
 * One thing that every transport must do; a test of any test runner.
 *
 * @example Run the cases by hand, and see which fail
 * ```ts
 * import {
 *   type ContractCase,
 *   createEventTransportContract,
 *   MemoryEventBroker,
 *   MemoryEventTransport,
 * } from "@gemstone/gemstone/testing";
 * import { assertEquals } from "@std/assert";
 *
 * async function runAll(cases: readonly ContractCase[]): Promise<string[]> {
 *   const failed: string[] = [];
 *   for (const { name, skipped, run } of cases) {
 *     if (skipped === undefined) await run().catch((error) => failed.push(`${name}: ${error}`));
 *   }
 *   return failed;
 * }
 *
 * const broker = new MemoryEventBroker();
 * const cases = createEventTransportContract({
 *   createTransport: () => new MemoryEventTransport({ broker }),
 * });
 * const some = cases.filter(({ name }) => name.startsWith("emit() resolves"));
 * assertEquals([some.length, await runAll(some)], [2, []]);
 * ```
 */
export interface ContractCase {
  /** What it must do. */
  readonly name: string;
  /** Why it can not be asked of this transport; `undefined` when it can, and then `run` is a test. */
  readonly skipped?: string;
  /** Rejects when the transport does not do it. Leaves nothing running in any case. */
  readonly run: () => Promise<void>;
}

/** What a case needs that a transport may lack. */
export type ContractNeed = keyof EventTransportCapabilities;

/** A case before it is known what it is played with. */
export interface CaseDefinition {
  /** What the transport must do. */
  readonly name: string;
  /** What the transport must have for it. */
  readonly needs: readonly ContractNeed[];
  /** Plays it; throws when the transport does not do it. */
  readonly play: (stage: ContractStage) => Promise<void>;
}
