/**
 * Puts load on servers in turns and measures each.
 *
 * @module
 */
import type { Child } from "./child.ts";
import type { LoadAmount, LoadCommand, LoadResult } from "./load_client.ts";
import { startProgram } from "./programs.ts";
import type { RunningServer } from "./running_server.ts";

/** How much load, and which. */
export interface LoadOptions {
  /** Rounds that count. */
  readonly rounds: number;
  /** The length of a round. */
  readonly roundMs: number;
  /** The length of the first, uncounted rounds, in which the servers get warm. */
  readonly warmUpMs: number;
  /** Sockets, each with one call at a time. */
  readonly connections: number;
}

/** A server and what to send it. */
export interface Lane {
  /** The server. */
  readonly server: RunningServer;
  /** The body of each POST. */
  readonly body: string;
}

/** What one round of one server showed. */
export interface Round {
  /** Answered calls per second. */
  readonly callsPerSecond: number;
  /** User and system time of the server's process per call, in microseconds. */
  readonly cpuPerCallUs: number;
}

/**
 * Loads the lanes A B C A B C …, so that whatever else the machine does falls on all of them alike.
 *
 * @returns The rounds of each lane, in the order of the lanes.
 * @throws {Error} when a server answers with another status or length than before.
 */
export async function loadInTurns(lanes: readonly Lane[], options: LoadOptions): Promise<Round[][]> {
  const client = new LoadClient(options.connections);
  try {
    for (const lane of lanes) await client.measure(lane, { forMs: options.warmUpMs });
    const rounds: Round[][] = lanes.map(() => []);
    for (let round = 0; round < options.rounds; round++) {
      for (const [index, lane] of lanes.entries()) {
        rounds[index]?.push(await client.measure(lane, { forMs: options.roundMs }));
      }
    }
    return rounds;
  } finally {
    await client.stop();
  }
}

/** The process that makes the calls. */
export class LoadClient {
  readonly #connections: number;
  readonly #child: Child;

  /** @param connections Sockets, each with one call at a time. */
  constructor(connections: number) {
    this.#connections = connections;
    this.#child = startProgram({ runtime: "deno", file: "load_client", isProbed: false });
  }

  /** One round on one server. */
  async measure({ server, body }: Lane, amount: LoadAmount): Promise<Round> {
    await this.#tell({ command: "open", port: server.port, connections: this.#connections, body });
    const cpuBefore = await server.readCpuTimeMs();
    const { calls, elapsedMs } = await this.#tell({ command: "run", ...amount }) as LoadResult;
    const cpuMs = await server.readCpuTimeMs() - cpuBefore;
    await this.#tell({ command: "close" });
    return { callsPerSecond: calls / elapsedMs * 1000, cpuPerCallUs: cpuMs / calls * 1000 };
  }

  /** Ends the process. */
  stop(): Promise<void> {
    return this.#child.stop();
  }

  async #tell(command: LoadCommand): Promise<LoadResult | null> {
    return JSON.parse(await this.#child.ask(JSON.stringify(command)));
  }
}
