/**
 * A program that emits or handles numbered events, for tests that kill it or what it talks to. Its plan is on the
 * command line. It takes orders (`stop`, `stats`) from standard input and writes lines of JSON.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { createEvent } from "@gemstone/gemstone/events";
import { RabbitMqEventTransport, type RabbitMqOptions } from "@gemstone/gemstone/rabbitmq";
import type { EventHandlerOptions, EventTransport, ReceivedEvent } from "@gemstone/gemstone";
import { resolveSubscription } from "../../src/events/subscription.ts";
import { measureHeap } from "./collect_garbage.ts";
import { LedgerWriter } from "./event_ledger.ts";
import { pause } from "./wait_until.ts";

/** What the program does. */
export interface WorkerPlan {
  readonly role: "emit" | "handle";
  readonly url: string;
  readonly options: RabbitMqOptions;
  readonly service: string;
  readonly event: string;
  /** Gets the number of each event that `emit` resolved for, or whose handler began. */
  readonly ledger?: string;
  readonly emit?: EmitPlan;
  readonly handle?: HandlePlan;
  /** How long `stop` may drain, in milliseconds. @default 10000 */
  readonly drainMs?: number;
}

/** How events are emitted: numbered from `from`, at most `inFlight` at once. */
export interface EmitPlan {
  readonly from?: number;
  readonly count: number;
  readonly perSecond?: number;
  readonly inFlight: number;
  readonly broadcast?: boolean;
  readonly timeoutMs?: number;
  /** Goes into each body. */
  readonly padding?: string;
}

/** How events are handled. */
export interface HandlePlan extends EventHandlerOptions {
  /** How long a handler takes, in milliseconds. @default 0 */
  readonly takesMs?: number;
  /** The number of the event whose handler kills the process. */
  readonly killAt?: number;
  /** The number of the event whose handler blocks the process, once, for `blockMs`. */
  readonly blockAt?: number;
  readonly blockMs?: number;
}

/** What the program says. */
export type WorkerMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "status"; readonly state: string; readonly atMs: number }
  | { readonly kind: "emitted"; readonly resolved: number; readonly errors: Readonly<Record<string, number>> }
  | {
    readonly kind: "stats";
    readonly rssBytes: number;
    readonly heapBytes: number;
    readonly stats: WorkerStats;
  }
  | { readonly kind: "stopped"; readonly tookMs: number; readonly report: Readonly<Record<string, unknown>> };

/** The counts of its transport. */
export type WorkerStats = ReturnType<EventTransport["stats"]>;

/** A worker that its test has forgotten ends itself after this time. */
const LONGEST_LIFE_MS = 30 * 60_000;

async function main(plan: WorkerPlan): Promise<void> {
  setTimeout(() => process.exit(3), LONGEST_LIFE_MS).unref();
  const ledger = plan.ledger === undefined ? undefined : new LedgerWriter(plan.ledger);
  const transport = new RabbitMqEventTransport(plan.url, plan.options);
  transport.onStatus(({ state }) => say({ kind: "status", state, atMs: Date.now() }));
  const stopping = listen(transport, plan.drainMs ?? 10_000);
  await transport.start({ service: plan.service, instanceId: String(process.pid), logger: LOGGER });
  if (plan.handle !== undefined) await handleEvents(transport, plan, ledger);
  say({ kind: "ready" });
  if (plan.emit !== undefined) await emitEvents(transport, plan, { ledger, stopping });
}

/** Takes orders. When standard input ends, the test has ended. Returns the signal that it was told to stop. */
function listen(transport: EventTransport, drainMs: number): AbortSignal {
  const orders = createInterface({ input: process.stdin });
  const stopping = new AbortController();
  orders.on("close", () => {
    if (!stopping.signal.aborted) process.exit(2);
  });
  orders.on("line", async (order) => {
    if (order === "stats") {
      const heapBytes = measureHeap();
      return say({ kind: "stats", rssBytes: process.memoryUsage().rss, heapBytes, stats: transport.stats() });
    }
    stopping.abort();
    // From here on nothing but the transport may keep the process alive.
    orders.close();
    process.stdin.destroy();
    const started = performance.now();
    const report = await transport.stop({ drainMs });
    say({ kind: "stopped", tookMs: Math.round(performance.now() - started), report: { ...report } });
  });
  return stopping.signal;
}

async function handleEvents(
  transport: EventTransport,
  { event, handle = {} }: WorkerPlan,
  ledger: LedgerWriter | undefined,
): Promise<void> {
  const { takesMs = 0, killAt, blockAt, blockMs = 0, ...options } = handle;
  let hasBlocked = false;
  const settings = resolveSubscription(event, options);
  await transport.subscribe([{
    event,
    settings,
    handle(received: ReceivedEvent): void | Promise<void> {
      const { n } = received.body as { n: number };
      ledger?.add(n);
      if (n === killAt) process.kill(process.pid, "SIGKILL");
      if (n === blockAt && !hasBlocked) {
        hasBlocked = true;
        const until = performance.now() + blockMs;
        while (performance.now() < until);
      }
      if (takesMs > 0) return pause(takesMs);
    },
  }]);
}

async function emitEvents(
  transport: EventTransport,
  { event, service, emit }: WorkerPlan,
  { ledger, stopping }: { ledger: LedgerWriter | undefined; stopping: AbortSignal },
): Promise<void> {
  const { from = 0, count, perSecond = Infinity, inFlight, broadcast = false, timeoutMs, padding } = emit!;
  const options = { confirm: true, requireRoute: false, timeoutMs, signal: undefined };
  const errors: Record<string, number> = {};
  const started = performance.now();
  let [running, resolved] = [0, 0];
  let wake = (): void => {};
  const settle = (): void => {
    running--;
    wake();
  };
  for (let n = from; n < from + count && !stopping.aborted; n++) {
    const dueMs = started + (n - from) * 1000 / perSecond;
    if (dueMs > performance.now() + 5) await pause(dueMs - performance.now());
    while (running >= inFlight) await new Promise<void>((resolve) => wake = resolve);
    running++;
    const body = padding === undefined ? { n } : { n, padding };
    transport.emit(
      createEvent(event, body, { broadcast, source: `/test/${service}`, id: `event-${n}` }),
      options,
    )
      .then(() => {
        resolved++;
        ledger?.add(n);
      }, (error: Error) => {
        errors[error.name] = (errors[error.name] ?? 0) + 1;
      }).finally(settle);
  }
  while (running > 0) await new Promise<void>((resolve) => wake = resolve);
  say({ kind: "emitted", resolved, errors });
}

function say(message: WorkerMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

const log = (level: string) => (message: string, properties?: object): void => {
  process.stderr.write(`${level} ${message} ${JSON.stringify(properties ?? {})}\n`);
};
const LOGGER = { debug: () => {}, info: () => {}, warn: log("warn"), error: log("error") };

if (import.meta.main) await main(JSON.parse(process.argv[2] ?? "") as WorkerPlan);
