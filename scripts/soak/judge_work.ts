/**
 * Whether calls and events were lost.
 *
 * @module
 */
import { RESETS } from "./fault_plan.ts";
import type { FaultFindings, LedgerFindings, SoakFindings } from "./findings.ts";
import { CALL_KINDS } from "./mix.ts";
import type { KindCounts } from "./programs/caller.ts";
import type { LoadCounts } from "./programs/load.ts";
import { atLeast, atMost, type Figure, formatCount } from "./report.ts";

/** A soak whose load was less is not the one that was asked for. */
const LEAST_LOAD = 0.9;
/** Services announce themselves each 5 seconds, and 10 % later at most; the rest is for a busy machine. */
const MOST_REGISTRY_MS = 15_000;
/** The longest pause of a transport before it tries to connect again is 30 seconds. */
const MOST_BROKER_MS = 45_000;

/** Judges what was called and emitted. */
export function judgeWork(findings: SoakFindings): Figure[] {
  const { fullSpeed, perSecond, elapsedMs, load, resets, ledgers, faults } = findings;
  const issued = sum(load, "issued") - load.issuedBefore;
  return [
    { what: "Full speed, calls/s", value: formatCount(fullSpeed) },
    atLeast("Load, calls/s", issued / elapsedMs * 1000, { least: LEAST_LOAD * perSecond }),
    ...judgeCalls(load),
    ...judgeLedgers(ledgers),
    atLeast("Connections reset", resets.made, { least: RESETS }),
    ...faults.map(judgeFault),
  ];
}

/** Judges what the caller has seen. */
export function judgeCalls(load: LoadCounts): Figure[] {
  return [
    { what: "Calls", value: formatCount(sum(load, "issued")) },
    atMost("Calls without an answer or an error", load.inFlight, { most: 0 }),
    atMost("Calls with an error", sum(load, "failed"), { most: 0 }),
    atMost("Calls with the answer to another call", sum(load, "wrong"), { most: 0 }),
    ...CALL_KINDS.map((kind) => ({
      what: `${kind}: answered, held back, slowest`,
      value: describeKind(load.kinds[kind]),
    })),
  ];
}

/** Judges what was written down. */
export function judgeLedgers(ledgers: LedgerFindings): Figure[] {
  const { emitted, handled, taken, takesAnswered, ordersAnswered } = ledgers;
  return [
    atMost("Calls that must run once and ran twice", taken.duplicates, { most: 0 }),
    atMost("Calls answered that did not run", takesAnswered.without(taken).length, { most: 0 }),
    { what: "Events emitted", value: formatCount(emitted.distinct) },
    atMost("Events lost", emitted.without(handled).length, { most: 0 }),
    atMost("Events not emitted whose call was answered", ordersAnswered.without(emitted).length, { most: 0 }),
    { what: "Events handled twice", value: formatCount(handled.duplicates) },
  ];
}

function describeKind({ answered, heldBack, slowestMs }: KindCounts): string {
  return `${formatCount(answered)}, ${formatCount(heldBack)}, ${formatCount(slowestMs)} ms`;
}

function judgeFault({ name, recoveryMs, until }: FaultFindings): Figure {
  const most = name.startsWith("broker") ? MOST_BROKER_MS : MOST_REGISTRY_MS;
  return atMost(`${name}: ${until}, ms`, recoveryMs, { most });
}

function sum(load: LoadCounts, what: "issued" | "failed" | "wrong"): number {
  return CALL_KINDS.reduce((total, kind) => total + load.kinds[kind][what], 0);
}
