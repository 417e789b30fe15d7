/**
 * The service under test: hello world, events, a periodic task, announced at registries.
 *
 * @module
 */
import { join } from "node:path";
import process from "node:process";
import {
  eventHandler,
  exposedMethod,
  MicroService,
  periodicTask,
  type RemoteService,
} from "@gemstone/gemstone";
import { RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";
import { LedgerWriter } from "../../../tests/support/event_ledger.ts";
import { takeOrders } from "./conversation.ts";
import { type Vitals, VitalSigns } from "./vitals.ts";

/** What a service is told by its first argument, as JSON. */
export interface ServicePlan {
  /** The URL of the broker. */
  readonly broker: string;
  /** The URLs of the registries. */
  readonly registries: readonly string[];
  /** The folder of the ledgers. */
  readonly ledgers: string;
  /** The name by which it is found. */
  readonly service: string;
}

/** What a service answers to `read`. */
export interface ServiceVitals extends Vitals {
  /** Calls that it has taken. */
  readonly calls: number;
  /** Events that it has handled. */
  readonly events: number;
  /** Runs of its periodic task. */
  readonly beats: number;
  /** The longest time between two of them, in milliseconds. */
  readonly longestPauseMs: number;
}

/** Its periodic task runs so often. */
const BEAT_MS = 1000;
/** A broker that is slow to come back shall not fail what waits for it. */
const PATIENCE_MS = 120_000;

class SoakService extends MicroService {
  override port = 0;
  override skipConfiguration = true;
  override callTimeoutMs = PATIENCE_MS;
  override serviceRegistryPingIntervalMs = 5000;
  calls = 0;
  events = 0;
  beats = 0;
  longestPauseMs = 0;
  readonly #taken: LedgerWriter;
  readonly #emitted: LedgerWriter;
  readonly #handled: LedgerWriter;
  #beatAtMs: number | undefined;

  constructor({ broker, registries, ledgers, service }: ServicePlan) {
    super();
    this.name = service;
    this.serviceRegistryUrls = registries;
    this.eventTransports = [
      new RabbitMqEventTransport(broker, { publishing: { timeoutMs: PATIENCE_MS } }),
    ];
    this.#taken = new LedgerWriter(join(ledgers, "taken"));
    this.#emitted = new LedgerWriter(join(ledgers, "emitted"));
    this.#handled = new LedgerWriter(join(ledgers, "handled"));
  }

  @exposedMethod()
  say_hello(name: string): string {
    this.calls++;
    return `hello ${name}`;
  }

  /** To be run once for each number. */
  @exposedMethod()
  take(n: number): number {
    this.calls++;
    this.#taken.add(n);
    return n;
  }

  /** What is in the ledger of emitted events must be handled. */
  @exposedMethod()
  async order(n: number): Promise<number> {
    this.calls++;
    await this.emitEvent("ordered", { n }, { broadcast: false });
    this.#emitted.add(n);
    return n;
  }

  /** Lets one of the instances, perhaps itself, say hello. */
  @exposedMethod()
  async relay(name: string): Promise<string> {
    this.calls++;
    const hello: RemoteService<SoakService> = await this.getService(this.name, { idempotent: true });
    return await hello.methods.say_hello(name);
  }

  /** An answer that takes many packets. */
  @exposedMethod()
  pad(length: number): string {
    this.calls++;
    return "x".repeat(length);
  }

  /** An answer that comes when nobody may wait for it any more. */
  @exposedMethod()
  async linger(ms: number): Promise<number> {
    this.calls++;
    await new Promise((resolve) => setTimeout(resolve, ms));
    return ms;
  }

  @eventHandler("ordered")
  book({ n }: { n: number }): void {
    this.events++;
    this.#handled.add(n);
  }

  @eventHandler("beat")
  hear(): void {
    this.events++;
  }

  @periodicTask(BEAT_MS)
  async beat(): Promise<void> {
    const nowMs = performance.now();
    if (this.#beatAtMs !== undefined) {
      this.longestPauseMs = Math.max(this.longestPauseMs, nowMs - this.#beatAtMs);
    }
    this.#beatAtMs = nowMs;
    this.beats++;
    await this.emitEvent("beat", null, { confirm: false });
  }
}

const service = new SoakService(JSON.parse(process.argv[2] ?? "") as ServicePlan);
await service.start();
const signs = new VitalSigns();
const read = (): ServiceVitals => {
  const { calls, events, beats, longestPauseMs } = service;
  return { ...signs.read(), calls, events, beats, longestPauseMs: Math.round(longestPauseMs) };
};
takeOrders({ read }, { url: service.url });
