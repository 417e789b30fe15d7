/**
 * What a call costs who makes it.
 *
 * @module
 */
import type { ClientTimes } from "./client_program.ts";
import type { BenchOptions } from "./options.ts";
import { HAS_NO_PROC, prepare, type Program, type RuntimeName, startProgram } from "./programs.ts";
import { atMost, type Section } from "./report.ts";
import { RunningServer } from "./running_server.ts";
import { median } from "./statistics.ts";

/** The most that the client may take of what `fetch` alone takes. On Node it goes around `fetch`. */
const LIMITS: Readonly<Record<RuntimeName, number>> = { deno: 1.35, node: 0.6 };

/** Measures one runtime. */
export async function measureClient(runtime: RuntimeName, { rounds }: BenchOptions): Promise<Section> {
  const program: Program = { runtime, file: "client_program", isProbed: false };
  prepare(program);
  const server = await RunningServer.start({ runtime, file: "servers/ours", isProbed: HAS_NO_PROC });
  const child = startProgram(program, [`http://127.0.0.1:${server.port}/api`, String(rounds)]);
  try {
    const { fetchUs, clientUs }: ClientTimes = JSON.parse(await child.readLine());
    const ratio = median(clientUs.map((time, round) => time / (fetchUs[round] ?? NaN)));
    return {
      title: `Calls from ${runtime}: the client and fetch by hand`,
      rows: [
        { what: "fetch() by hand", "client CPU per call (us)": median(fetchUs), ratio: 1 },
        { what: "methods.say_hello()", "client CPU per call (us)": median(clientUs), ratio },
      ],
      targets: [atMost(`CPU of a call to that of fetch on ${runtime}`, ratio, LIMITS[runtime])],
      faults: [],
    };
  } finally {
    await child.stop();
    await server.stop();
  }
}
