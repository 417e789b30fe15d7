/**
 * One call over HTTP: by hand, this library and its peers, side by side.
 *
 * @module
 */
import { CALL } from "./call.ts";
import { BY_HAND, CONTENDERS, OURS } from "./contenders.ts";
import { loadInTurns, type Round } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import { HAS_NO_PROC, type RuntimeName } from "./programs.ts";
import { atLeast, messageOf, type Section, type Target } from "./report.ts";
import { RunningServer } from "./running_server.ts";
import { median } from "./statistics.ts";

interface Entrant {
  readonly name: string;
  readonly server: RunningServer;
}

interface Score {
  readonly name: string;
  readonly callsPerSecond: number;
  readonly cpuPerCallUs: number;
  readonly rateRatio: number;
  readonly cpuRatio: number;
}

/** Fresh processes so often: two processes of one program differ by 2 % for as long as they live. */
const GENERATIONS = 3;

/** Measures one runtime. */
export async function measureHttp(runtime: RuntimeName, options: BenchOptions): Promise<Section> {
  const faults = new Set<string>();
  const roundsOf = new Map<string, Round[]>();
  const rounds = Math.ceil(options.rounds / GENERATIONS);
  for (let generation = 0; generation < GENERATIONS; generation++) {
    await measureGeneration(await startAll(runtime, faults), { ...options, rounds }, roundsOf);
  }
  const scores = toScores(roundsOf);
  const heading = `One call over HTTP on ${runtime}: median of ${rounds * GENERATIONS} rounds`;
  return {
    title: `${heading}, ratio to by hand (higher is better)`,
    rows: scores.map(toRow),
    targets: toTargets(scores, runtime),
    faults: [...faults],
  };
}

async function measureGeneration(
  entrants: readonly Entrant[],
  options: BenchOptions,
  roundsOf: Map<string, Round[]>,
): Promise<void> {
  try {
    const lanes = entrants.map(({ server }) => ({ server, body: CALL }));
    for (const [index, rounds] of (await loadInTurns(lanes, options)).entries()) {
      const name = entrants[index]?.name ?? "";
      roundsOf.set(name, [...roundsOf.get(name) ?? [], ...rounds]);
    }
  } finally {
    for (const { server } of entrants) await server.stop();
  }
}

async function startAll(runtime: RuntimeName, faults: Set<string>): Promise<Entrant[]> {
  const entrants: Entrant[] = [];
  for (const { name, programs } of CONTENDERS) {
    const file = programs[runtime];
    if (file === undefined) continue;
    try {
      const server = await RunningServer.start({ runtime, file, isProbed: HAS_NO_PROC });
      entrants.push({ name, server });
      await server.verify();
    } catch (error) {
      faults.add(`${name} on ${runtime}: ${messageOf(error)}`);
    }
  }
  return entrants;
}

function toScores(roundsOf: ReadonlyMap<string, readonly Round[]>): Score[] {
  const yardstick = roundsOf.get(BY_HAND) ?? [];
  return [...roundsOf].map(([name, own]) => {
    // Each round is compared with the yardstick's round beside it: a slow minute of the machine then cancels out.
    const ratios = own.map((round, turn) => compare(round, yardstick[turn] ?? round));
    return {
      name,
      callsPerSecond: median(own.map((round) => round.callsPerSecond)),
      cpuPerCallUs: median(own.map((round) => round.cpuPerCallUs)),
      rateRatio: median(ratios.map(({ rate }) => rate)),
      cpuRatio: median(ratios.map(({ cpu }) => cpu)),
    };
  });
}

function compare(round: Round, yardstick: Round): { rate: number; cpu: number } {
  return {
    rate: round.callsPerSecond / yardstick.callsPerSecond,
    cpu: yardstick.cpuPerCallUs / round.cpuPerCallUs,
  };
}

function toRow(
  { name, callsPerSecond, cpuPerCallUs, rateRatio, cpuRatio }: Score,
): Record<string, string | number> {
  return {
    server: name,
    "calls/s": callsPerSecond,
    "ratio of calls/s": rateRatio,
    "server CPU per call (us)": cpuPerCallUs,
    "ratio of CPU": cpuRatio,
  };
}

function toTargets(scores: readonly Score[], runtime: RuntimeName): Target[] {
  const ours = scores.find(({ name }) => name === OURS);
  if (ours === undefined) return [];
  const targets = [
    atLeast(`Calls per second of by hand on ${runtime}`, ours.rateRatio, 0.95),
    atLeast(`CPU per call of by hand on ${runtime}`, ours.cpuRatio, 0.95),
  ];
  for (const peer of scores) {
    if (peer.name === BY_HAND || peer.name === OURS) continue;
    targets.push(
      atLeast(`CPU per call of ${peer.name} to ours on ${runtime}`, ours.cpuRatio / peer.cpuRatio, 1),
    );
  }
  return targets;
}
