/**
 * How a soak ends: what was emitted is handled, and nothing is left open by those who are gone.
 *
 * @module
 */
import { join } from "node:path";
import { Ledger } from "../../tests/support/event_ledger.ts";
import { pause, waitUntil } from "../../tests/support/wait_until.ts";
import type { LedgerFindings, ProcessFindings } from "./findings.ts";
import { CALL_KINDS, MOST_IN_FLIGHT } from "./mix.ts";
import { countDescriptors, type Sampler } from "./sampler.ts";
import type { SoakProcess } from "./soak_process.ts";
import type { Stage } from "./stage.ts";

/** An event that is not handled within this time after the end is lost. */
const EVENTS_LIMIT_MS = 150_000;
/** Within this time a server has noticed that the other end is gone. */
const REST_LIMIT_MS = 20_000;
const LOOK_AGAIN_MS = 500;
/** The fetch of both runtimes keeps connections for later. Who calls may have one for each call to each instance, */
const POOLED_BY_LOAD = 2 * CALL_KINDS.reduce((sum, kind) => sum + MOST_IN_FLIGHT[kind], 0);
/** and the instances for relayed calls, to and from each other and themselves. More than that many are reset. */
const POOLED_BY_SERVICE = 4 * MOST_IN_FLIGHT.relay;

/**
 * Waits until what was emitted is handled, and reads what was written down.
 *
 * @param folder Where the ledgers are; nobody emits any more.
 * @returns The ledgers, also when something was not handled in time.
 */
export async function settleLedgers(folder: string): Promise<LedgerFindings> {
  const read = (name: string): Ledger => Ledger.read(join(folder, name));
  const emitted = read("emitted");
  const isHandled = async (): Promise<boolean> => {
    await pause(LOOK_AGAIN_MS);
    return emitted.without(read("handled")).length === 0;
  };
  // What is lost shows in the ledgers.
  await waitUntil("all events are handled", isHandled, EVENTS_LIMIT_MS).catch(() => {});
  return {
    emitted,
    handled: read("handled"),
    taken: read("taken"),
    takesAnswered: read("takes-answered"),
    ordersAnswered: read("orders-answered"),
  };
}

/**
 * Lets those who call end, looks at what is left, and lets the others end.
 *
 * @param stage All processes.
 * @param sampler What is known of those that ran all the time.
 * @param before Their descriptors before anybody called.
 * @returns What is to be judged of each.
 */
export async function endProcesses(
  { load, resets, registries }: Stage,
  sampler: Sampler,
  before: ReadonlyMap<SoakProcess, number>,
): Promise<ProcessFindings[]> {
  await resets.stop();
  const after = await countDescriptors([load]);
  const exitCodes = new Map([[load, await load.stop()]]);
  const others = sampler.processes.filter((process) => process !== load);
  for (const [process, count] of await countAtRest(others, before)) after.set(process, count);
  for (const process of others) exitCodes.set(process, await process.stop());
  await registries[0]!.process.stop();
  return sampler.processes.map((process) => ({
    name: process.name,
    samples: sampler.of(process),
    atRest: { before: before.get(process)!, after: after.get(process)! },
    pooled: process === load ? POOLED_BY_LOAD : POOLED_BY_SERVICE,
    exitCode: exitCodes.get(process)!,
    errors: process.logged.error,
  }));
}

/** The descriptors when they are no more than before, or when it is time. */
async function countAtRest(
  processes: readonly SoakProcess[],
  before: ReadonlyMap<SoakProcess, number>,
): Promise<Map<SoakProcess, number>> {
  const untilMs = performance.now() + REST_LIMIT_MS;
  while (true) {
    const now = await countDescriptors(processes);
    const isAtRest = [...now].every(([process, count]) => count <= before.get(process)!);
    if (isAtRest || performance.now() > untilMs) return now;
    await pause(LOOK_AGAIN_MS);
  }
}
