/**
 * What goes wrong during the soak, and when.
 *
 * @module
 */

/** What is done to the broker and the registries. */
export type FaultName = "broker killed" | "broker restarted" | "registry killed" | "registry started";

/** A fault and its time. */
export interface PlannedFault {
  /** What is done. */
  readonly name: FaultName;
  /** When, in milliseconds from the beginning of the load. */
  readonly atMs: number;
}

/**
 * The times as shares of the run. The broker dies in the first half: what waits for it is memory that goes again, and
 * memory is judged by the second half. A broker needs some time to come back, also in a short run.
 */
const SHARES: readonly (readonly [name: FaultName, share: number])[] = [
  ["broker killed", 0.1],
  ["broker restarted", 0.3],
  ["registry killed", 0.55],
  ["registry started", 0.7],
];

/** How many connections are reset. */
export const RESETS = 1000;
/** Resets begin and end with load around them. */
const RESETS_FROM = 0.05;
const RESETS_TO = 0.95;

/**
 * Plans the faults.
 *
 * @param totalMs How long the load lasts.
 * @returns The faults, in their order.
 */
export function planFaults(totalMs: number): PlannedFault[] {
  return SHARES.map(([name, share]) => ({ name, atMs: share * totalMs }));
}

/**
 * Plans the resets, which come at an even pace.
 *
 * @param totalMs How long the load lasts.
 * @returns When they begin, from the beginning of the load, and for how long they go on.
 */
export function planResets(totalMs: number): { readonly fromMs: number; readonly forMs: number } {
  const fromMs = Math.round(RESETS_FROM * totalMs);
  return { fromMs, forMs: Math.round(RESETS_TO * totalMs) - fromMs };
}
