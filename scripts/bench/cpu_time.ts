/**
 * How much processor time a process has used, from the operating system.
 *
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";

/**
 * Reads the processor time (user and system) of a process and all its threads.
 *
 * Linux keeps it to the nanosecond for each thread (`/proc/<pid>/task/<tid>/schedstat`); kernels that do not
 * keep that have it in ticks of 10 ms in `/proc/<pid>/stat`.
 *
 * @param pid The process.
 * @returns Milliseconds, or `undefined` where there is no /proc.
 */
export function readCpuTimeMs(pid: number): number | undefined {
  try {
    const exact = readThreadTimesMs(pid);
    return exact > 0 ? exact : readTicksMs(pid);
  } catch {
    // No /proc (macOS, Windows): the caller asks the process itself.
    return undefined;
  }
}

function readThreadTimesMs(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number.parseInt(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8"));
  }
  return nanoseconds / 1e6;
}

function readTicksMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field is the program's name in brackets and may hold spaces; user and system time are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
