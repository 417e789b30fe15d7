/**
 * What a call costs inside a batch.
 *
 * @module
 */
import { batchOf, CALL } from "./call.ts";
import { loadInTurns, type Round } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import { HAS_NO_PROC, type RuntimeName } from "./programs.ts";
import { atMost, type Section } from "./report.ts";
import { RunningServer } from "./running_server.ts";
import { median } from "./statistics.ts";

const BATCH_SIZE = 100;

/** Measures one runtime. */
export async function measureBatch(runtime: RuntimeName, options: BenchOptions): Promise<Section> {
  const server = await RunningServer.start({ runtime, file: "servers/ours", isProbed: HAS_NO_PROC });
  try {
    await server.verify();
    const lanes = [{ server, body: CALL }, { server, body: batchOf(BATCH_SIZE) }];
    const [singles = [], batches = []] = await loadInTurns(lanes, options);
    const ratio = median(
      batches.map((batch, round) => batch.cpuPerCallUs / BATCH_SIZE / (singles[round]?.cpuPerCallUs ?? NaN)),
    );
    const rows = [
      toRow("one call", singles, 1, 1),
      toRow(`batch of ${BATCH_SIZE}`, batches, BATCH_SIZE, ratio),
    ];
    return {
      title: `Calls in a batch over HTTP on ${runtime}`,
      rows,
      targets: [atMost(`CPU per call in a batch to that of one call on ${runtime}`, ratio, 1 / 3)],
      faults: [],
    };
  } finally {
    await server.stop();
  }
}

function toRow(
  body: string,
  rounds: readonly Round[],
  size: number,
  ratio: number,
): Record<string, string | number> {
  return {
    body,
    "calls/s": median(rounds.map(({ callsPerSecond }) => callsPerSecond)) * size,
    "server CPU per call (us)": median(rounds.map(({ cpuPerCallUs }) => cpuPerCallUs)) / size,
    "ratio of CPU": ratio,
  };
}
