/**
 * How long a service takes from the start of its process to its first answer.
 *
 * @module
 */
import { CALL } from "./call.ts";
import { OURS } from "./contenders.ts";
import type { BenchOptions } from "./options.ts";
import { prepare, type Program, type RuntimeName, startProgram } from "./programs.ts";
import { atMost, type Section } from "./report.ts";
import { median } from "./statistics.ts";

const LEAST_STARTS = 21;
const WARM_UP_STARTS = 2;

/** Measures one runtime: a bare server and this library's hello world, in turns. */
export async function measureStartup(runtime: RuntimeName, options: BenchOptions): Promise<Section> {
  const bare: Program = { runtime, file: `servers/bare_${runtime}`, isProbed: false };
  const ours: Program = { runtime, file: "servers/ours", isProbed: false };
  prepare(bare);
  prepare(ours);
  const bareMs: number[] = [];
  const oursMs: number[] = [];
  const starts = Math.max(LEAST_STARTS, options.rounds);
  for (let turn = -WARM_UP_STARTS; turn < starts; turn++) {
    const bareTime = await timeFirstAnswer(bare);
    const oursTime = await timeFirstAnswer(ours);
    // The first starts fill the caches of the runtime and of the file system.
    if (turn < 0) continue;
    bareMs.push(bareTime);
    oursMs.push(oursTime);
  }
  const ratio = median(oursMs.map((time, turn) => time / (bareMs[turn] ?? NaN)));
  return {
    title: `From process start to first answer on ${runtime}: median of ${starts} starts`,
    rows: [
      { server: "bare", "first answer (ms)": median(bareMs), ratio: 1 },
      { server: OURS, "first answer (ms)": median(oursMs), ratio },
    ],
    targets: runtime === "deno"
      ? [atMost("Start of hello world to that of a bare Deno.serve", ratio, 1.2)]
      : [],
    faults: [],
  };
}

async function timeFirstAnswer(program: Program): Promise<number> {
  const startedAt = performance.now();
  const child = startProgram(program);
  try {
    const port = Number(await child.readLine());
    await readAnswer(port);
    return performance.now() - startedAt;
  } finally {
    await child.stop();
  }
}

/** Makes one call on a raw socket: `fetch` would add its own start-up to the first measurement. */
async function readAnswer(port: number): Promise<void> {
  using socket = await Deno.connect({ hostname: "127.0.0.1", port });
  const head = `POST /api HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n` +
    `content-length: ${CALL.length}\r\n\r\n`;
  await socket.write(new TextEncoder().encode(head + CALL));
  const buffer = new Uint8Array(4096);
  const size = await socket.read(buffer);
  const text = new TextDecoder().decode(buffer.subarray(0, size ?? 0));
  if (!text.startsWith("HTTP/1.1 200")) throw new Error(`Unexpected answer: ${text}`);
}
