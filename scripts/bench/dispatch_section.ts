/**
 * What the library itself costs, without HTTP.
 *
 * @module
 */
import type { DispatchTimes } from "./dispatch_program.ts";
import type { BenchOptions } from "./options.ts";
import { prepare, type Program, type RuntimeName, startProgram } from "./programs.ts";
import { atMost, type Section } from "./report.ts";
import { median } from "./statistics.ts";

/** Measures one runtime. */
export async function measureDispatch(runtime: RuntimeName, { rounds }: BenchOptions): Promise<Section> {
  const program: Program = { runtime, file: "dispatch_program", isProbed: false };
  prepare(program);
  const child = startProgram(program, [String(rounds)]);
  try {
    const { floorNs, dispatchNs }: DispatchTimes = JSON.parse(await child.readLine());
    const ratio = median(dispatchNs.map((time, round) => time / (floorNs[round] ?? NaN)));
    return {
      title: `Dispatch in process on ${runtime}: text in, text out, no HTTP`,
      rows: [
        { what: "parse + call + stringify", "ns per call": median(floorNs), ratio: 1 },
        { what: "dispatchText()", "ns per call": median(dispatchNs), ratio },
      ],
      targets: [atMost(`Dispatch to the floor on ${runtime}`, ratio, 1.5)],
      faults: [],
    };
  } finally {
    await child.stop();
  }
}
