/**
 * What the contract of event transports needs to know of one.
 *
 * @module
 */
import type { DeadLetterOffice } from "../events/dead_letter.ts";
import type { EventTransport } from "../events/event_transport.ts";

/**
 * The random names that a case has used: they begin with `contract-`, and no other case has them.
 *
 * @example Delete the queues that a case has left at the broker
 * ```ts
 * import type { ContractNames } from "@gemstone/gemstone/testing";
 *
 * async function cleanUp({ services, events }: ContractNames): Promise<void> {
 *   for (const service of services) {
 *     for (const event of events) await deleteQueue(`${service}.${event}`);
 *   }
 * }
 *
 * async function deleteQueue(name: string): Promise<void> {
 *   await fetch(`http://127.0.0.1:15672/api/queues/%2F/${encodeURIComponent(name)}`, { method: "DELETE" });
 * }
 * ```
 */
export interface ContractNames {
  /** Names of services. */
  readonly services: readonly string[];
  /** Names of events. */
  readonly events: readonly string[];
}

/**
 * What the contract needs to know of a transport.
 *
 * @example
 * ```ts
 * import {
 *   createEventTransportContract,
 *   type EventTransportContractOptions,
 *   MemoryEventBroker,
 *   MemoryEventTransport,
 * } from "@gemstone/gemstone/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const broker = new MemoryEventBroker();
 * const options: EventTransportContractOptions = {
 *   createTransport: () => new MemoryEventTransport({ broker, retryDelaysMs: [5, 10] }),
 *   deadLetters: (service) => broker.deadLetters(service),
 *   timeoutMs: 2_000,
 * };
 * const skipped = createEventTransportContract(options).filter((each) => each.skipped !== undefined);
 * assertEquals(skipped.map((each) => each.skipped), []);
 * ```
 */
export interface EventTransportContractOptions {
  /**
   * Makes a transport, not started. All that it makes reach each other, as if through one broker. Its retry delays
   * should be some milliseconds: most of the time of the suite is waiting for them.
   */
  readonly createTransport: () => EventTransport;
  /** Opens the dead letters of a service; each is closed. Without it, cases that look at them are skipped. */
  readonly deadLetters?: ((service: string) => DeadLetterOffice | Promise<DeadLetterOffice>) | undefined;
  /** Called after each case, also a failed one: deletes what the broker keeps under these names. */
  readonly cleanUp?: ((names: ContractNames) => Promise<void>) | undefined;
  /** The largest body that the transports take, in bytes. @default {1048576} */
  readonly maxEventBytes?: number | undefined;
  /** How long a single thing may take before the case fails, in milliseconds. @default {10000} */
  readonly timeoutMs?: number | undefined;
}
