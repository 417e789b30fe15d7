import { assertEquals } from "@std/assert";
import type { FaultFindings, ProcessFindings, Sample, SoakFindings } from "../../scripts/soak/findings.ts";
import { judgeProcess } from "../../scripts/soak/judge_process.ts";
import { judgeWork } from "../../scripts/soak/judge_work.ts";
import { CALL_KINDS, type CallKind } from "../../scripts/soak/mix.ts";
import type { KindCounts } from "../../scripts/soak/programs/caller.ts";
import type { LoadCounts } from "../../scripts/soak/programs/load.ts";
import type { Figure } from "../../scripts/soak/report.ts";
import { Ledger } from "../support/event_ledger.ts";

const MB = 2 ** 20;
const KIND: KindCounts = { issued: 250, answered: 250, wrong: 0, failed: 0, heldBack: 0, slowestMs: 5 };

function createLoad(change: Partial<LoadCounts> = {}, kind: Partial<KindCounts> = {}): LoadCounts {
  const kinds = Object.fromEntries(CALL_KINDS.map((name) => [name, KIND])) as Record<CallKind, KindCounts>;
  return {
    kinds: { ...kinds, take: { ...KIND, ...kind } },
    errors: {},
    inFlight: 0,
    issuedBefore: 0,
    ...change,
  };
}

function createFindings(change: Partial<SoakFindings> = {}): SoakFindings {
  return {
    fullSpeed: 200,
    perSecond: 100,
    elapsedMs: 10_000,
    load: createLoad(),
    resets: { made: 1000, missed: 3 },
    ledgers: createLedgers({}),
    faults: [],
    processes: [],
    ...change,
  };
}

function createLedgers(
  change: Partial<Record<keyof SoakFindings["ledgers"], number[]>>,
): SoakFindings["ledgers"] {
  const numbers = {
    emitted: [1, 2, 3],
    handled: [3, 2, 1, 4, 4],
    taken: [1, 2, 3],
    takesAnswered: [1, 3],
    ordersAnswered: [2, 3],
    ...change,
  };
  const entries = Object.entries(numbers).map(([name, list]) => [name, new Ledger(list)]);
  return Object.fromEntries(entries) as SoakFindings["ledgers"];
}

function fault(name: string, recoveryMs: number): FaultFindings {
  return { name, recoveryMs, until: "works" };
}

function createProcess(
  change: Partial<ProcessFindings> = {},
  sample: (index: number) => Partial<Sample> = () => ({}),
) {
  const samples = Array.from({ length: 61 }, (_none, index): Sample => ({
    atMs: index * 1000,
    rssBytes: 100 * MB,
    heapBytes: 10 * MB,
    descriptors: 50,
    lateMs: 3,
    calls: 9,
    events: 9,
    beats: index,
    longestPauseMs: 1001,
    ...sample(index),
  }));
  return {
    name: "A",
    samples,
    atRest: { before: 30, after: 62 },
    pooled: 32,
    exitCode: 0,
    errors: 0,
    ...change,
  };
}

function missedBy(figures: readonly Figure[]): string[] {
  return figures.filter(({ isMet }) => isMet === false).map(({ what }) => what);
}

Deno.test("judgeWork() is content with what was neither lost nor wrong; an event may be handled twice", () => {
  assertEquals(missedBy(judgeWork(createFindings())), []);
});

const WORK: readonly [name: string, change: Partial<SoakFindings>, missed: string][] = [
  ["too little load", { elapsedMs: 12_000 }, "Load, calls/s"],
  ["load before the pace", { load: createLoad({ issuedBefore: 101 }) }, "Load, calls/s"],
  ["a call that never ended", { load: createLoad({ inFlight: 1 }) }, "Calls without an answer or an error"],
  ["a call that failed", { load: createLoad({}, { failed: 1 }) }, "Calls with an error"],
  ["a mixed-up answer", { load: createLoad({}, { wrong: 1 }) }, "Calls with the answer to another call"],
  [
    "a call run twice",
    { ledgers: createLedgers({ taken: [1, 2, 3, 2] }) },
    "Calls that must run once and ran twice",
  ],
  ["an answer without a run", { ledgers: createLedgers({ taken: [1] }) }, "Calls answered that did not run"],
  ["a lost event", { ledgers: createLedgers({ handled: [1, 3] }) }, "Events lost"],
  [
    "an answer without an event",
    { ledgers: createLedgers({ ordersAnswered: [9] }) },
    "Events not emitted whose call was answered",
  ],
  ["too few resets", { resets: { made: 999, missed: 0 } }, "Connections reset"],
  ["a broker that stays away", { faults: [fault("broker killed", Infinity)] }, "broker killed: works, ms"],
  [
    "a registry that stays empty",
    { faults: [fault("registry killed", 16_000)] },
    "registry killed: works, ms",
  ],
];
for (const [name, change, missed] of WORK) {
  Deno.test(`judgeWork() finds ${name}`, () => {
    assertEquals(missedBy(judgeWork(createFindings(change))), [missed]);
  });
}

Deno.test("judgeWork() gives a broker longer than a registry", () => {
  const faults = [fault("broker killed", 16_000), fault("registry killed", 14_000)];

  assertEquals(missedBy(judgeWork(createFindings({ faults }))), []);
});

Deno.test("judgeProcess() is content with a process that stays as it is, pooled connections included", () => {
  assertEquals(missedBy(judgeProcess(createProcess())), []);
});

const PROCESSES: readonly [name: string, findings: ProcessFindings, missed: string][] = [
  ["a growing heap", createProcess({}, (index) => ({ heapBytes: (10 + index / 10) * MB })), "A: heap"],
  ["a growing resident set", createProcess({}, (index) => ({ rssBytes: (100 + index) * MB })), "A: resident"],
  ["descriptors left open", createProcess({ atRest: { before: 30, after: 63 } }), "A: descriptors at rest"],
  [
    "missing runs of the task",
    createProcess({}, (index) => ({ beats: index >> 1 })),
    "A: runs of the periodic task",
  ],
  ["a logged error", createProcess({ errors: 1 }), "A: errors logged"],
  ["a process that ends with a code", createProcess({ exitCode: 1 }), "A: exit code"],
  ["a process that had to be killed", createProcess({ exitCode: null }), "A: exit code"],
];
for (const [name, findings, missed] of PROCESSES) {
  Deno.test(`judgeProcess() finds ${name}`, () => {
    assertEquals(missedBy(judgeProcess(findings)), [missed]);
  });
}

Deno.test("judgeProcess() does not take a few samples for flat memory", () => {
  const { samples } = createProcess();

  assertEquals(missedBy(judgeProcess(createProcess({ samples: samples.slice(0, 3) }))), [
    "A: heap",
    "A: resident",
  ]);
});

Deno.test("judgeProcess() bears growth that ends in the first half", () => {
  const findings = createProcess({}, (index) => ({ heapBytes: Math.min(10 + index, 35) * MB }));

  assertEquals(missedBy(judgeProcess(findings)), []);
});
