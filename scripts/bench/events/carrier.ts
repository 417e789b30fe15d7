/**
 * What the programs that carry events have in common: how they are measured, and what they are told. Each takes one
 * JSON text a line on standard input and answers with one.
 *
 * @module
 */
import process from "node:process";
import { createInterface } from "node:readline";

/** Carries the events of one name over RabbitMQ. */
export interface Carrier {
  /** Publishes an event; resolves when the broker has stored it. */
  emit(body: BenchBody): Promise<unknown>;
  /** Consumes, each event acknowledged after it was handled, until the result is called. */
  consume(prefetch: number, onEvent: (body: BenchBody) => void): Promise<() => Promise<void>>;
}

/** What a carrier begins with. */
export interface CarrierSetup {
  /** The URL of the broker. */
  readonly url: string;
  /** What the names of exchanges and queues begin with. */
  readonly namespace: string;
}

/** The body of an event; about 200 bytes of JSON. */
export interface BenchBody {
  readonly order: number;
  /** When it was emitted (`performance.now`). */
  readonly atMs: number;
  readonly text: string;
}

/** What a program is told; each is answered by a {@linkcode EventMeasure}. */
export type EventCommand =
  | { readonly measure: "publish"; readonly inFlight: number; readonly events: number }
  | { readonly measure: "consume"; readonly prefetch: number; readonly events: number }
  | { readonly measure: "latency"; readonly perSecond: number; readonly events: number };

/** The answer; what was not measured is 0. */
export interface EventMeasure {
  readonly perSecond: number;
  /** Processor time of the program for each event, in microseconds. */
  readonly cpuUs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The name of the service. */
export const SERVICE = "bench";
/** The name of the events. */
export const EVENT = "order_paid";
/** No more events are ever on their way. */
export const MOST_IN_FLIGHT = 1000;

/** What plain amqplib publishes to and consumes from. */
export function plainNames(namespace: string): { readonly exchange: string; readonly queue: string } {
  return { exchange: `${namespace}.plain.events`, queue: `${namespace}.plain.queue` };
}

const TEXT = "x".repeat(150);
const NOTHING: EventMeasure = { perSecond: 0, cpuUs: 0, p50Ms: 0, p99Ms: 0 };

/**
 * Runs a program: opens a carrier and answers commands, until there are no more.
 *
 * @param open Opens the carrier.
 */
export async function runCarrier(open: (setup: CarrierSetup) => Promise<Carrier>): Promise<void> {
  const setup: CarrierSetup = JSON.parse(process.argv[2] ?? "");
  const carrier = await open(setup);
  process.stdout.write("open\n");
  for await (const line of createInterface({ input: process.stdin })) {
    const command: EventCommand = JSON.parse(line);
    const measure = await answer(carrier, command);
    process.stdout.write(`${JSON.stringify(measure)}\n`);
  }
  // Its connections would keep the process alive.
  process.exit(0);
}

async function answer(carrier: Carrier, command: EventCommand): Promise<EventMeasure> {
  if (command.measure === "publish") return await measurePublish(carrier, command);
  if (command.measure === "consume") return await measureConsume(carrier, command);
  return await measureLatency(carrier, command);
}

type Amount<Name extends EventCommand["measure"]> = Extract<EventCommand, { measure: Name }>;

async function measurePublish(
  carrier: Carrier,
  { inFlight, events }: Pick<Amount<"publish">, "inFlight" | "events">,
): Promise<EventMeasure> {
  let left = events;
  const emitAll = async (): Promise<void> => {
    while (left > 0) await carrier.emit(createBody(left--));
  };
  const clock = new Clock();
  await Promise.all(Array.from({ length: inFlight }, emitAll));
  return clock.read(events);
}

async function measureConsume(
  carrier: Carrier,
  { prefetch, events }: Amount<"consume">,
): Promise<EventMeasure> {
  await measurePublish(carrier, { inFlight: 500, events });
  let count = 0;
  let clock: Clock | undefined;
  const done = createSignal<EventMeasure>();
  // The first delivery starts the clock: connecting is not what is measured.
  const end = await carrier.consume(prefetch, () => {
    clock ??= new Clock();
    if (++count === events) done.resolve(clock.read(events));
  });
  const measure = await done.promise;
  await end();
  return measure;
}

async function measureLatency(
  carrier: Carrier,
  { perSecond, events }: Amount<"latency">,
): Promise<EventMeasure> {
  const latencies: number[] = [];
  const done = createSignal<void>();
  const end = await carrier.consume(250, ({ atMs }) => {
    if (latencies.push(performance.now() - atMs) === events) done.resolve();
  });
  const startMs = performance.now();
  let emitted = 0;
  const emits: Promise<unknown>[] = [];
  while (emitted < events) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const due = Math.min(events, Math.ceil((performance.now() - startMs) / 1000 * perSecond));
    while (emitted < due) emits.push(carrier.emit(createBody(emitted++)));
  }
  await Promise.all(emits);
  await done.promise;
  await end();
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.floor(share * events)] ?? NaN;
  return { ...NOTHING, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function createBody(order: number): BenchBody {
  return { order, atMs: performance.now(), text: TEXT };
}

function createSignal<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => resolve = done);
  return { promise, resolve };
}

/** Time by the wall and of the processor. */
class Clock {
  readonly #startMs = performance.now();
  readonly #cpu = process.cpuUsage();

  read(events: number): EventMeasure {
    const { user, system } = process.cpuUsage(this.#cpu);
    const perSecond = events / (performance.now() - this.#startMs) * 1000;
    return { ...NOTHING, perSecond, cpuUs: (user + system) / events };
  }
}
