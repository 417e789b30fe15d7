/**
 * Calls of `RemoteService` in turns with the same calls by `fetch`, written by hand: with a time limit, as those of the
 * client have one. Prints the microseconds of
 * processor time per call of each round as JSON.
 *
 * @module
 */
import process from "node:process";
import { RemoteService } from "@gemstone/gemstone/client";
import { CALL } from "./call.ts";

/** What the program prints. */
export interface ClientTimes {
  /** Microseconds of this process per call by `fetch`, one value a round. */
  readonly fetchUs: number[];
  /** Microseconds of this process per call of the client, one value a round. */
  readonly clientUs: number[];
}

/** What the service has. */
interface HelloApi {
  say_hello(name: string): string;
}

const CALLS = 2_000;
/** Calls under way at a time. */
const LANES = 8;
const HEADERS = { "content-type": "application/json", accept: "application/json" };

async function time(call: () => Promise<string>): Promise<number> {
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: LANES }, async () => {
    for (let count = 0; count < CALLS / LANES; count++) {
      const answer = await call();
      if (answer !== "hello world") throw new Error(`Unexpected answer: ${answer}`);
    }
  }));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS;
}

async function callByFetch(url: string): Promise<string> {
  const signal = AbortSignal.timeout(30_000);
  const response = await fetch(url, { method: "POST", headers: HEADERS, body: CALL, signal });
  const { result, error } = await response.json();
  if (error !== undefined) throw new Error(error.message);
  return result;
}

async function main(url: string, rounds: number): Promise<void> {
  const { methods } = new RemoteService<HelloApi>(url);
  const times: ClientTimes = { fetchUs: [], clientUs: [] };
  for (let round = -2; round < rounds; round++) {
    const fetchUs = await time(() => callByFetch(url));
    const clientUs = await time(() => methods.say_hello("world"));
    // The first rounds are for the compiler.
    if (round < 0) continue;
    times.fetchUs.push(fetchUs);
    times.clientUs.push(clientUs);
  }
  process.stdout.write(`${JSON.stringify(times)}\n`);
}

await main(process.argv[2]!, Number(process.argv[3]));
