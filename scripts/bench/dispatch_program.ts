/**
 * Dispatch in process, text in and text out, in turns with the floor: parse, call, stringify. Prints the
 * nanoseconds per call of each round as JSON.
 *
 * @module
 */
import process from "node:process";
import { createMethod, Dispatcher } from "@gemstone/gemstone/rpc";
import { CALL } from "./call.ts";
import { sayHello } from "./servers/json_rpc_checks.ts";

/** What the program prints. */
export interface DispatchTimes {
  /** Nanoseconds per call of the floor, one value a round. */
  readonly floorNs: number[];
  /** Nanoseconds per call of the dispatcher, one value a round. */
  readonly dispatchNs: number[];
}

const CALLS = 50_000;

/** Uses the answers, so that no compiler can leave the work out. */
class Sink {
  length = 0;
}

function floor(text: string): string {
  const { params, id } = JSON.parse(text);
  return JSON.stringify({ jsonrpc: "2.0", result: sayHello(params.name), id });
}

function timeFloor(sink: Sink): number {
  const startedAt = performance.now();
  for (let call = 0; call < CALLS; call++) sink.length += floor(CALL).length;
  return (performance.now() - startedAt) * 1e6 / CALLS;
}

async function timeDispatch(dispatcher: Dispatcher, sink: Sink): Promise<number> {
  const startedAt = performance.now();
  for (let call = 0; call < CALLS; call++) {
    const reply = dispatcher.dispatchText(CALL, undefined);
    const text = typeof reply === "object" ? await reply : reply;
    sink.length += (text as string).length;
  }
  return (performance.now() - startedAt) * 1e6 / CALLS;
}

async function main(rounds: number): Promise<void> {
  const method = await createMethod("say_hello", (name: unknown) => sayHello(name), undefined);
  const dispatcher = new Dispatcher(new Map([["say_hello", method]]));
  if (await dispatcher.dispatchText(CALL, undefined) !== floor(CALL)) {
    throw new Error(`Unexpected answer: ${await dispatcher.dispatchText(CALL, undefined)}`);
  }
  const sink = new Sink();
  const times: DispatchTimes = { floorNs: [], dispatchNs: [] };
  for (let round = -3; round < rounds; round++) {
    const floorNs = timeFloor(sink);
    const dispatchNs = await timeDispatch(dispatcher, sink);
    // The first rounds are for the compiler.
    if (round < 0) continue;
    times.floorNs.push(floorNs);
    times.dispatchNs.push(dispatchNs);
  }
  process.stdout.write(`${JSON.stringify(times)}\n`);
}

await main(Number(process.argv[2]));
