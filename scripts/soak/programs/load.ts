/**
 * Calls the service under test, which it finds at the registries: at full speed, or at a pace.
 *
 * @module
 */
import { join } from "node:path";
import process from "node:process";
import { createLogger } from "@gemstone/gemstone";
import { HttpDiscoveryStrategy, ServiceDiscovery, ServiceDiscoveryCache } from "@gemstone/gemstone/discovery";
import { LedgerWriter } from "../../../tests/support/event_ledger.ts";
import { kindAt } from "../mix.ts";
import { Pacer } from "../pacer.ts";
import { Caller, type CallerCounts } from "./caller.ts";
import { takeOrders } from "./conversation.ts";
import { VitalSigns } from "./vitals.ts";

/** What the program is told by its first argument, as JSON. */
export interface LoadPlan {
  /** The URLs of the registries. */
  readonly registries: readonly string[];
  /** The name of the service. */
  readonly service: string;
  /** The folder of the ledgers. */
  readonly ledgers: string;
}

/** What the program answers. */
export interface LoadCounts extends CallerCounts {
  /** Calls under way. */
  readonly inFlight: number;
  /** Calls that were made at full speed, before those at a pace. */
  readonly issuedBefore: number;
}

/** Calls at a time, at full speed. */
const CLOSED_LOOP = 32;
const TICK_MS = 5;
/** More than a broker needs to come back. */
const CALL_LIMIT_MS = 130_000;

const { registries, service, ledgers }: LoadPlan = JSON.parse(process.argv[2] ?? "");
const answered = {
  take: new LedgerWriter(join(ledgers, "takes-answered")),
  order: new LedgerWriter(join(ledgers, "orders-answered")),
};
const discovery = new ServiceDiscovery({
  strategies: registries.map((url) => new HttpDiscoveryStrategy(url)),
  cache: new ServiceDiscoveryCache(),
  pingIntervalMs: 30_000,
  logger: createLogger("soak.load"),
});
const caller = new Caller({
  find: (idempotent) => discovery.getService(service, { idempotent, timeoutMs: CALL_LIMIT_MS }),
  onAnswer: (kind, n) => answered[kind].add(n),
});
let index = 0;
let issuedBefore = 0;
let ticker: ReturnType<typeof setInterval> | undefined;

/** As many calls as go, for some time; returns how many a second were answered. */
async function measure(forMs: number): Promise<number> {
  const startedMs = performance.now();
  const sumUp = (): number =>
    Object.values(caller.counts.kinds).reduce((sum, counts) => sum + counts.answered, 0);
  const before = sumUp();
  const loop = async (): Promise<void> => {
    while (performance.now() - startedMs < forMs) await caller.call(kindAt(index++));
  };
  await Promise.all(Array.from({ length: CLOSED_LOOP }, loop));
  return (sumUp() - before) / (performance.now() - startedMs) * 1000;
}

/** Begins to call at a pace. */
function begin(perSecond: number): void {
  issuedBefore = caller.issued;
  const pacer = new Pacer(perSecond, performance.now());
  ticker = setInterval(() => {
    for (let due = pacer.take(performance.now()); due > 0; due--) void caller.call(kindAt(index++));
  }, TICK_MS);
}

/** Ends that, and waits for what is under way. */
async function end(): Promise<LoadCounts> {
  clearInterval(ticker);
  const untilMs = performance.now() + CALL_LIMIT_MS;
  while (caller.inFlight() > 0 && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return count();
}

function count(): LoadCounts {
  return { ...caller.counts, inFlight: caller.inFlight(), issuedBefore };
}

process.once("SIGTERM", () => {
  clearInterval(ticker);
  void discovery.stop(1000);
});
const signs = new VitalSigns();
takeOrders({ measure, begin, end, count, read: () => signs.read() }, {});
