/**
 * Events over RabbitMQ, side by side with plain amqplib. The programs take turns, so that both meet the same broker
 * in the same state; ratios are of the measures of one round.
 *
 * @module
 */
import { type Channel, connect } from "amqplib";
import { resolveRabbitMqOptions } from "../../src/events/amqp/options.ts";
import { Topology } from "../../src/events/amqp/topology.ts";
import { findExampleBroker } from "../examples/broker.ts";
import type { Child } from "./child.ts";
import { EVENT, type EventCommand, type EventMeasure, plainNames, SERVICE } from "./events/carrier.ts";
import type { BenchOptions } from "./options.ts";
import { prepare, type Program, type RuntimeName, startProgram } from "./programs.ts";
import { atLeast, atMost, type Cell, type Section, type Target } from "./report.ts";
import { median } from "./statistics.ts";

/** What each round measures. */
interface Task {
  readonly what: string;
  readonly command: EventCommand;
}

/** One of the two that are compared. */
interface Contender {
  readonly child: Child;
  /** Its queue, emptied before each measure. */
  readonly queue: string;
}

/** All measures of one task, one a round, of plain amqplib and of ours. */
interface Outcome extends Task {
  readonly plain: EventMeasure[];
  readonly ours: EventMeasure[];
}

/** Throughput of ours to that of plain amqplib. */
const LEAST_RATIO = 0.85;
/** What ours may add to the median of the latency, in milliseconds. */
const MOST_ADDED_MS = 0.3;
/** The 99th percentile of ours to that of plain amqplib. */
const MOST_P99_RATIO = 2;
const ROUNDS = 5;
const ROUNDS_QUICK = 3;
const PER_SECOND = 1000;

/** Measures one runtime. */
export async function measureEvents(runtime: RuntimeName, { isQuick }: BenchOptions): Promise<Section> {
  const url = await findExampleBroker();
  if (url === undefined) {
    throw new Error("Cannot measure events without RabbitMQ: run `deno task services`, or set AMQP_URL");
  }
  const namespace = `bench_${crypto.randomUUID().slice(0, 8)}`;
  const topology = new Topology(resolveRabbitMqOptions(url, { namespace, retryDelaysMs: [1000] }));
  const queues = [plainNames(namespace).queue, topology.groupQueue(SERVICE, EVENT)];
  const connection = await connect(url);
  const channel = await connection.createChannel();
  const contenders: Contender[] = [];
  try {
    for (const [index, queue] of queues.entries()) {
      const file = index === 0 ? "events/plain" : "events/ours";
      const child = await open({ runtime, file, isProbed: false }, JSON.stringify({ url, namespace }));
      contenders.push({ child, queue });
    }
    const outcomes = await measureInTurns(channel, contenders as [Contender, Contender], isQuick);
    return toSection(runtime, outcomes);
  } finally {
    for (const { child } of contenders) await child.stop();
    await cleanUp(channel, topology, namespace);
    await connection.close();
  }
}

async function open(program: Program, setup: string): Promise<Child> {
  prepare(program);
  const child = startProgram(program, [setup]);
  await child.readLine();
  return child;
}

function createTasks(isQuick: boolean): Task[] {
  const events = isQuick ? 6_000 : 20_000;
  return [
    { what: "publish, 100 in flight", command: { measure: "publish", inFlight: 100, events } },
    { what: "publish, 1000 in flight", command: { measure: "publish", inFlight: 1000, events } },
    { what: "consume, prefetch 50", command: { measure: "consume", prefetch: 50, events } },
    { what: "consume, prefetch 250", command: { measure: "consume", prefetch: 250, events } },
    {
      what: `latency at ${PER_SECOND}/s`,
      command: { measure: "latency", perSecond: PER_SECOND, events: isQuick ? 1_000 : 4_000 },
    },
  ];
}

async function measureInTurns(
  channel: Channel,
  [plain, ours]: readonly [Contender, Contender],
  isQuick: boolean,
): Promise<Outcome[]> {
  const outcomes = createTasks(isQuick).map((task): Outcome => ({ ...task, plain: [], ours: [] }));
  const rounds = isQuick ? ROUNDS_QUICK : ROUNDS;
  // The first round is for the compiler.
  for (let round = -1; round < rounds; round++) {
    for (const outcome of outcomes) {
      const turns: [Contender, EventMeasure[]][] = [[plain, outcome.plain], [ours, outcome.ours]];
      // Whoever comes second finds a warmer broker.
      if (round % 2 !== 0) turns.reverse();
      for (const [{ child, queue }, measures] of turns) {
        await channel.purgeQueue(queue);
        const measure: EventMeasure = JSON.parse(await child.ask(JSON.stringify(outcome.command)));
        if (round >= 0) measures.push(measure);
      }
    }
  }
  return outcomes;
}

function toSection(runtime: RuntimeName, outcomes: readonly Outcome[]): Section {
  return {
    title: `Events over RabbitMQ on ${runtime}, medians; CPU is that of the program, for each event`,
    rows: outcomes.flatMap((outcome) => [
      toRow(outcome, "plain amqplib", outcome.plain),
      toRow(outcome, "ours", outcome.ours),
    ]),
    targets: outcomes.flatMap((outcome) => toTargets(runtime, outcome)),
    faults: [],
  };
}

function toRow(
  { what, command, plain }: Outcome,
  contender: string,
  measures: readonly EventMeasure[],
): Record<string, Cell> {
  const isLatency = command.measure === "latency";
  const show = (name: keyof EventMeasure): Cell => median(measures.map((measure) => measure[name]));
  return {
    what,
    contender,
    "events/s": isLatency ? "" : show("perSecond"),
    ratio: isLatency ? "" : ratioOf(measures, plain, "perSecond"),
    "CPU (us)": isLatency ? "" : show("cpuUs"),
    "ratio of CPU": isLatency ? "" : ratioOf(measures, plain, "cpuUs"),
    "p50 (ms)": isLatency ? show("p50Ms") : "",
    "p99 (ms)": isLatency ? show("p99Ms") : "",
  };
}

function toTargets(runtime: RuntimeName, { what, command, plain, ours }: Outcome): Target[] {
  if (command.measure !== "latency") {
    const ratio = ratioOf(ours, plain, "perSecond");
    return [atLeast(`Events/s of ours to plain amqplib, ${what}, on ${runtime}`, ratio, LEAST_RATIO)];
  }
  const added = median(ours.map(({ p50Ms }, round) => p50Ms - (plain[round]?.p50Ms ?? NaN)));
  const tail = ratioOf(ours, plain, "p99Ms");
  return [
    atMost(`Milliseconds that ours adds to the p50 of the ${what}, on ${runtime}`, added, MOST_ADDED_MS),
    atMost(`p99 of ours to plain amqplib, ${what}, on ${runtime}`, tail, MOST_P99_RATIO),
  ];
}

function ratioOf(
  ours: readonly EventMeasure[],
  plain: readonly EventMeasure[],
  name: keyof EventMeasure,
): number {
  return median(ours.map((measure, round) => measure[name] / (plain[round]?.[name] ?? NaN)));
}

/** Deletes what was declared. */
async function cleanUp(channel: Channel, topology: Topology, namespace: string): Promise<void> {
  const declarations = [
    ...topology.forPublishing(),
    ...topology.forFailures(SERVICE),
    ...topology.forGroup(SERVICE, { event: EVENT, ordered: false }),
  ];
  for (const declaration of declarations) {
    if (declaration.kind === "queue") await channel.deleteQueue(declaration.name);
    if (declaration.kind === "exchange") await channel.deleteExchange(declaration.name);
  }
  const { exchange, queue } = plainNames(namespace);
  await channel.deleteQueue(queue);
  await channel.deleteExchange(exchange);
}
