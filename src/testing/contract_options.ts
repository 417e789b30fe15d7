/**
 * What the contract of event transports needs to know of one.
 *
 * @module
 */
import type { DeadLetterOffice } from "../events/dead_letter.ts";
import type { EventTransport } from "../events/event_transport.ts";

/** The random names that a case has used. */
export interface ContractNames {
  /** Names of services. */
  readonly services: readonly string[];
  /** Names of events. */
  readonly events: readonly string[];
}

/** What the contract needs to know of a transport. */
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
