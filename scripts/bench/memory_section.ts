/**
 * Whether memory grows with the number of calls.
 *
 * @module
 */
import { CALL } from "./call.ts";
import { BY_HAND, CONTENDERS, OURS } from "./contenders.ts";
import { LoadClient } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import type { RuntimeName } from "./programs.ts";
import { atMost, type Cell, type Section, type Target } from "./report.ts";
import { type MemoryUse, RunningServer } from "./running_server.ts";

const FEW_CALLS = 10_000;
const MANY_CALLS = 1_000_000;
const MANY_CALLS_QUICK = 200_000;
/** What counts as the same: the heap holds compiled code too, which grows while a server gets warm. */
const SAME = 1.1;

interface Growth {
  readonly few: MemoryUse;
  readonly many: MemoryUse;
}

/** Measures one runtime; the server by hand shows what the runtime itself keeps. */
export async function measureMemory(runtime: RuntimeName, options: BenchOptions): Promise<Section> {
  const calls = options.isQuick ? MANY_CALLS_QUICK : MANY_CALLS;
  const rows: Record<string, Cell>[] = [];
  const targets: Target[] = [];
  for (const { name, programs } of CONTENDERS) {
    const file = programs[runtime];
    if (file === undefined || (name !== BY_HAND && name !== OURS)) continue;
    const growth = await measureGrowth(runtime, file, calls, options.connections);
    rows.push(...toRows(name, growth));
    if (name === OURS) targets.push(...toTargets(runtime, growth));
  }
  const title = `Memory on ${runtime} after garbage collection: ${FEW_CALLS} and ${calls} calls`;
  return { title, rows, targets, faults: [] };
}

async function measureGrowth(
  runtime: RuntimeName,
  file: string,
  calls: number,
  connections: number,
): Promise<Growth> {
  const server = await RunningServer.start({ runtime, file, isProbed: true });
  const client = new LoadClient(connections);
  try {
    await server.verify();
    await client.measure({ server, body: CALL }, { calls: FEW_CALLS });
    const few = await server.readMemory();
    await client.measure({ server, body: CALL }, { calls: calls - FEW_CALLS });
    return { few, many: await server.readMemory() };
  } finally {
    await client.stop();
    await server.stop();
  }
}

function toRows(server: string, { few, many }: Growth): Record<string, Cell>[] {
  const toRow = (what: keyof MemoryUse): Record<string, Cell> => ({
    server,
    what,
    "after few (MiB)": few[what] / 2 ** 20,
    "after many (MiB)": many[what] / 2 ** 20,
    ratio: many[what] / few[what],
  });
  return [toRow("heapUsed"), toRow("rss")];
}

function toTargets(runtime: RuntimeName, { few, many }: Growth): Target[] {
  return [
    atMost(`heapUsed after many calls to after few on ${runtime}`, many.heapUsed / few.heapUsed, SAME),
    atMost(`RSS after many calls to after few on ${runtime}`, many.rss / few.rss, SAME),
  ];
}
