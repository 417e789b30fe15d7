/**
 * What is measured during a soak, before it is judged.
 *
 * @module
 */
import type { Ledger } from "../../tests/support/event_ledger.ts";
import type { LoadCounts } from "./programs/load.ts";
import type { ResetCounts } from "./programs/resets.ts";
import type { ServiceVitals } from "./programs/service.ts";
import type { Vitals } from "./programs/vitals.ts";

/** The vitals of a process at some time, in milliseconds. */
export type Sample = (Vitals | ServiceVitals) & { readonly atMs: number };

/** What is known of a process that ran from the beginning to the end. */
export interface ProcessFindings {
  readonly name: string;
  /** While the load was on, by their time. */
  readonly samples: readonly Sample[];
  /** Descriptors before anybody called, and when nobody called any more. */
  readonly atRest: { readonly before: number; readonly after: number };
  /** How many connections it may keep for later, because so many calls may have been under way at a time. */
  readonly pooled: number;
  /** How it ended after SIGTERM; `null` when it had to be killed. */
  readonly exitCode: number | null;
  /** Errors that it has logged. */
  readonly errors: number;
}

/** The numbers that were written down. */
export interface LedgerFindings {
  /** Events that `emitEvent` resolved for. */
  readonly emitted: Ledger;
  /** Events whose handler began. */
  readonly handled: Ledger;
  /** Calls that ran and were to run once. */
  readonly taken: Ledger;
  /** Of these, the ones that the caller got the answer of. */
  readonly takesAnswered: Ledger;
  /** Calls that emitted an event and that the caller got the answer of. */
  readonly ordersAnswered: Ledger;
}

/** What came of a fault. */
export interface FaultFindings {
  readonly name: string;
  /** How long until all was as before, in milliseconds. */
  readonly recoveryMs: number;
  /** What {@linkcode recoveryMs} counts. */
  readonly until: string;
}

/** All of it, of one runtime. */
export interface SoakFindings {
  /** Calls that were answered in a second at full speed. */
  readonly fullSpeed: number;
  /** How many a second were to be made. */
  readonly perSecond: number;
  /** How long the load was on, in milliseconds. */
  readonly elapsedMs: number;
  readonly load: LoadCounts;
  readonly resets: ResetCounts;
  readonly ledgers: LedgerFindings;
  readonly faults: readonly FaultFindings[];
  readonly processes: readonly ProcessFindings[];
}
