/**
 * Where one case of a contract is played: services with transports, and what they hear.
 *
 * @module
 */
import { fail } from "node:assert/strict";
import { clearTimeout, setTimeout as startTimer } from "node:timers";
import { setTimeout as pause } from "node:timers/promises";
import type { DeadLetterOffice } from "../events/dead_letter.ts";
import type { EventTransport, EventTransportCapabilities } from "../events/event_transport.ts";
import type { Logger } from "../logger.ts";
import type { EventTransportContractOptions } from "./contract_options.ts";
import { type ContractHandlers, ContractInstance } from "./contract_instance.ts";

/** How long transports may take at the end of a case, in milliseconds. */
const END_MS = 2000;
const POLL_MS = 5;

/** Makes what a case needs, with random names, and takes all of it away again. */
export class ContractStage {
  /** What the transports can do. */
  readonly capabilities: EventTransportCapabilities;
  /** The largest body, in bytes. */
  readonly maxEventBytes: number;
  /** How long anything may take, in milliseconds. */
  readonly timeoutMs: number;
  /** The name of a service that only this case has. */
  readonly service: string;
  /** The name of an event that only this case has. */
  readonly event: string;
  readonly #options: EventTransportContractOptions;
  readonly #services: string[] = [];
  readonly #events: string[] = [];
  readonly #transports: EventTransport[] = [];
  readonly #offices: DeadLetterOffice[] = [];
  readonly #releases: (() => void)[] = [];

  /**
   * Creates an empty stage.
   *
   * @param options The transport.
   * @param capabilities What it can do.
   */
  constructor(options: EventTransportContractOptions, capabilities: EventTransportCapabilities) {
    const { maxEventBytes = 1024 * 1024, timeoutMs = 10_000 } = options;
    this.capabilities = capabilities;
    this.maxEventBytes = maxEventBytes;
    this.timeoutMs = timeoutMs;
    this.#options = options;
    this.service = this.nameService("service");
    this.event = this.nameEvent("event");
  }

  /** Makes the name of a service. */
  nameService(part: string): string {
    return randomName(part, this.#services);
  }

  /** Makes the name of an event. */
  nameEvent(part: string): string {
    return randomName(part, this.#events);
  }

  /** Makes an instance of a service, which is stopped at the end. */
  create(service: string = this.service, logger?: Logger): ContractInstance {
    const transport = this.#options.createTransport();
    this.#transports.push(transport);
    return new ContractInstance(transport, service, logger);
  }

  /** Starts an instance of a service. `handlers` are by the name of the event; without any it only emits. */
  async start(handlers?: ContractHandlers, service?: string): Promise<ContractInstance> {
    const instance = this.create(service);
    await this.within("start()", instance.start(handlers));
    return instance;
  }

  /** Opens the dead letters of a service, by default that of this case. */
  async openDeadLetters(service: string = this.service): Promise<DeadLetterOffice> {
    const { deadLetters } = this.#options;
    if (deadLetters === undefined) fail("The contract was given no way to open dead letters");
    const office = await deadLetters(service);
    this.#offices.push(office);
    return office;
  }

  /** A promise that the case settles, or the end of the case. */
  createGate(): { readonly opened: Promise<void>; readonly open: () => void } {
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#releases.push(open);
    return { opened, open };
  }

  /** Waits until a condition holds. */
  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    const endMs = performance.now() + this.timeoutMs;
    while (!await holds()) {
      if (performance.now() > endMs) fail(`Waited ${this.timeoutMs} ms in vain: ${what}`);
      await pause(POLL_MS);
    }
  }

  /** Waits for a promise. */
  async within<T>(what: string, promise: Promise<T>, limitMs: number = this.timeoutMs): Promise<T> {
    let timer: ReturnType<typeof startTimer> | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      timer = startTimer(() => reject(new Error(`Waited ${limitMs} ms in vain: ${what}`)), limitMs);
    });
    try {
      return await Promise.race([promise, limit]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Stops and closes everything. */
  async end(): Promise<void> {
    for (const release of this.#releases) release();
    const { cleanUp } = this.#options;
    try {
      const stops = this.#transports.map((transport) => transport.stop({ drainMs: END_MS }));
      await this.within("stop()", Promise.all(stops));
      await Promise.all(this.#offices.map((office) => office.close()));
    } finally {
      await cleanUp?.({ services: this.#services, events: this.#events });
    }
  }
}

function randomName(part: string, names: string[]): string {
  const name = `contract-${part}-${crypto.randomUUID().slice(0, 8)}`;
  names.push(name);
  return name;
}
