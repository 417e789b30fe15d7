/** What every fault test needs: a private broker, names of its own, a time limit, and a line in the report. */
import { randomUUID } from "node:crypto";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { EventHandlerOptions, EventSubscription, ReceivedEvent } from "@gemstone/gemstone";
import { createEvent } from "@gemstone/gemstone/events";
import { RabbitMqEventTransport, type RabbitMqOptions } from "@gemstone/gemstone/rabbitmq";
import { resolveSubscription } from "../../src/events/subscription.ts";
import { PrivateBroker, toUrl } from "./broker.ts";
import { Ledger } from "./event_ledger.ts";
import type { EmitPlan, HandlePlan, WorkerPlan } from "./event_worker.ts";
import { withChannel } from "./raw_amqp.ts";
import { createMemoryLogger, type MemoryLogger } from "./service.ts";
import { waitUntil, within } from "./wait_until.ts";
import { WorkerProcess } from "./worker_process.ts";

/** Whether the long forms run (`deno task test:faults`). */
export const IS_LONG: boolean = process.env.GEMSTONE_FAULTS === "long";
/** The file that gets one line of JSON for each bar; see scripts/tasks/faults.ts. */
const REPORT = process.env.GEMSTONE_FAULTS_REPORT;

/** One line of the report. */
export interface FaultRow {
  /** Such as `R1`. */
  readonly bar: string;
  /** What was done to whom, with numbers. */
  readonly fault: string;
  /** How many events were emitted. */
  readonly events?: number;
  /** How many of those that `emit` resolved for were neither handled nor dead-lettered. */
  readonly lost?: number;
  /** How many were handled again. */
  readonly duplicates?: number;
  /** How long it took until events were handled again, in milliseconds, at worst. */
  readonly recoveryMs?: number;
  /** What else was measured. */
  readonly note?: string;
}

/** Chooses the size of a test. */
export function sized<T>(short: T, long: T): T {
  return IS_LONG ? long : short;
}

/** Runs a fault test within a time limit (ten times that for the long form). */
export async function withBroker(limitMs: number, test: (run: FaultRun) => Promise<void>): Promise<void> {
  await using broker = await PrivateBroker.acquire();
  await using run = new FaultRun(broker);
  await within(sized(limitMs, 10 * limitMs), "the test ends", test(run));
}

/** Adds a line to the report. */
export function reportFault(row: FaultRow): void {
  const runtime = "Deno" in globalThis ? "Deno" : "Node";
  if (REPORT) appendFileSync(REPORT, `${JSON.stringify({ ...row, runtime })}\n`);
}

/** Quick to come back, few queues. */
const OPTIONS: RabbitMqOptions = { retryDelaysMs: [100], connection: { maxBackoffMs: 2000 } };

/** A broker while a test runs, and all that the test makes there. */
export class FaultRun {
  readonly broker: PrivateBroker;
  readonly namespace: string = `t${randomUUID().slice(0, 8)}`;
  /** The service that handles. */
  readonly service = "handlers";
  readonly event = "numbered";
  /** What the transports of this process log. */
  readonly logger: MemoryLogger = createMemoryLogger();
  readonly #folder = mkdtempSync(join(tmpdir(), "gemstone-faults-"));
  readonly #disposables: AsyncDisposable[] = [];
  readonly #queues = new Set<string>();

  constructor(broker: PrivateBroker) {
    this.broker = broker;
  }

  /** The options of a transport of this test. */
  options(options: RabbitMqOptions = {}): RabbitMqOptions {
    const connection = { ...OPTIONS.connection, ...options.connection };
    const merged = { ...OPTIONS, ...options, connection, namespace: this.namespace };
    for (const delayMs of merged.retryDelaysMs ?? []) {
      this.#queues.add(`${this.namespace}.retry.${delayMs}`).add(
        `${this.namespace}.retry.transient.${delayMs}`,
      );
    }
    return merged;
  }

  /** Makes a transport in this process; it is stopped after the test. */
  transport(options: RabbitMqOptions = {}, port: number = this.broker.port): RabbitMqEventTransport {
    const transport = new RabbitMqEventTransport(toUrl(port), this.options(options));
    this.#disposables.push({
      async [Symbol.asyncDispose](): Promise<void> {
        await transport.stop({ drainMs: 0 });
      },
    });
    return transport;
  }

  /** Starts a transport, for the service that handles unless another is named. */
  async start(transport: RabbitMqEventTransport, service: string = this.service): Promise<void> {
    await transport.start({ service, instanceId: randomUUID(), logger: this.logger });
  }

  /** Makes a transport that has been started. */
  async started(options: RabbitMqOptions = {}, port?: number): Promise<RabbitMqEventTransport> {
    const transport = this.transport(options, port);
    await this.start(transport);
    return transport;
  }

  /** A subscription to the event of this test. */
  subscription(
    handle: (number: number, event: ReceivedEvent, signal: () => AbortSignal) => unknown,
    options: EventHandlerOptions = {},
    event: string = this.event,
  ): EventSubscription {
    this.#queues.add(this.queue(event)).add(this.deadLetterQueue);
    return {
      event,
      settings: resolveSubscription(event, options),
      handle: (received, signal) => handle((received.body as { n: number }).n, received, signal),
    };
  }

  /** Starts a process that emits. */
  emitter(emit: EmitPlan, options: RabbitMqOptions = {}, port?: number, drainMs = 10_000): WorkerProcess {
    return this.#worker({ role: "emit", emit, service: "emitters", drainMs }, options, port);
  }

  /** Starts a process that handles. */
  handler(handle: HandlePlan, options: RabbitMqOptions = {}, port?: number): WorkerProcess {
    this.#queues.add(this.queue()).add(this.deadLetterQueue);
    return this.#worker({ role: "handle", handle, service: this.service }, options, port);
  }

  /** How many times a process of this test has handled an event. */
  get handledCount(): number {
    return Ledger.size(this.#ledgerPath("handle"));
  }

  /** What the processes of this test have handled (`handle`), or emitted with success (`emit`). */
  ledger(role: "handle" | "emit"): Ledger {
    return Ledger.read(this.#ledgerPath(role));
  }

  /** Waits until so many events, counted as often as they came, have been handled. */
  async waitForHandled(count: number, limitMs = 60_000): Promise<void> {
    await waitUntil(`${count} events are handled`, () => this.handledCount >= count, limitMs);
  }

  /** Waits until one more event of so many is handled, and says how long that took, in milliseconds. */
  async timeToNext(count: number, limitMs = 30_000): Promise<number> {
    const [before, started] = [this.handledCount, performance.now()];
    await waitUntil(
      "one more event is handled",
      () => this.handledCount > before || this.ledger("handle").distinct >= count,
      limitMs,
    );
    return performance.now() - started;
  }

  /** Waits until all that was emitted with success has been handled. */
  async waitForAll(limitMs = 60_000): Promise<void> {
    const emitted = this.ledger("emit").distinct;
    await waitUntil(
      `all ${emitted} events are handled`,
      () => this.ledger("handle").distinct >= emitted,
      limitMs,
    );
  }

  /** The queue of the group events. */
  queue(event: string = this.event): string {
    return `${this.namespace}.q.${this.service}/${event}`;
  }

  /** The queue of the dead letters. */
  get deadLetterQueue(): string {
    return `${this.namespace}.dlq.${this.service}`;
  }

  /** Puts something away after the test, last made first. */
  use<T extends AsyncDisposable>(disposable: T): T {
    this.#disposables.push(disposable);
    return disposable;
  }

  /** Adds a line to the report. */
  report(row: FaultRow): void {
    reportFault(row);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const disposable of this.#disposables.reverse()) await disposable[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true });
    await this.broker.start();
    await withChannel(this.broker.url, async (channel) => {
      for (const queue of this.#queues) await channel.deleteQueue(queue);
      const exchanges = ["events", "broadcast", "dlx", ...[...this.#queues].map(toRetryExchange)];
      for (const exchange of exchanges) await channel.deleteExchange(`${this.namespace}.${exchange}`);
    });
  }

  #ledgerPath(role: "handle" | "emit"): string {
    return join(this.#folder, role);
  }

  #worker(
    plan: Pick<WorkerPlan, "role" | "emit" | "handle" | "service" | "drainMs">,
    options: RabbitMqOptions,
    port: number = this.broker.port,
  ): WorkerProcess {
    return this.use(WorkerProcess.start({
      ...plan,
      url: toUrl(port),
      options: this.options(options),
      event: this.event,
      ledger: this.#ledgerPath(plan.role),
    }));
  }
}

/** Emits a numbered group event, and resolves as `emit` does. */
export async function emitNumber(
  transport: RabbitMqEventTransport,
  event: string,
  n: number,
  options: { broadcast?: boolean; timeoutMs?: number; requireRoute?: boolean } = {},
): Promise<{ routed: boolean | undefined; attempts: number }> {
  const { broadcast = false, timeoutMs, requireRoute = false } = options;
  return await transport.emit(
    createEvent(event, { n }, { broadcast, source: "/test/emitters", id: `event-${n}` }),
    { confirm: true, requireRoute, timeoutMs, signal: undefined },
  );
}

function toRetryExchange(queue: string): string {
  return queue.slice(queue.indexOf(".") + 1);
}
