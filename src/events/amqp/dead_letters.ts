/**
 * The dead letters of a service at RabbitMQ.
 *
 * @module
 */
import { BrokerUnavailableError } from "../../errors.ts";
import type { DeadLetter, DeadLetterOffice } from "../dead_letter.ts";
import { readNamespace } from "../namespace.ts";
import { AmqpNames } from "./amqp_names.ts";
import { CopyChannel, CopyReturnedError } from "./copy_channel.ts";
import { readDeadMessage } from "./dead_message.ts";
import { type AmqpMessage, MAX_UNHEARD_SETTLEMENTS, replyCodeOf } from "./driver.ts";
import { explainRefusal } from "./explain_refusal.ts";
import { createFreshCopy } from "./message_copy.ts";
import type { RabbitMqConnectionOptions } from "./options.ts";
import { QueueVisit } from "./queue_visit.ts";
import { ToolConnection } from "./tool_connection.ts";

/**
 * How the dead letters of a service are looked at.
 *
 * @example
 * ```ts
 * import { type AmqpDeadLettersOptions, openAmqpDeadLetters } from "@gemstone/gemstone/rabbitmq";
 *
 * async function count(url: string): Promise<number> {
 *   const options: AmqpDeadLettersOptions = { namespace: "shop", connection: { connectTimeoutMs: 2_000 } };
 *   const letters = await openAmqpDeadLetters(url, "billing", options);
 *   try {
 *     return (await letters.list({ limit: 10_000 })).length;
 *   } finally {
 *     await letters.close();
 *   }
 * }
 * ```
 */
export interface AmqpDeadLettersOptions {
  /** That of the transport. @default {"gemstone"} */
  readonly namespace?: string | undefined;
  /** How to connect. It is tried once. */
  readonly connection?: RabbitMqConnectionOptions | undefined;
}

/**
 * Opens the dead letters of a service. One of which the broker has no queue, for example because it has never had
 * handlers, has no dead letters.
 *
 * Whoever looks has the letters for himself meanwhile: two who look at the same time see each a part. Nothing is
 * lost when the process ends in between.
 *
 * @param url The URL of the broker.
 * @param service The name of the service.
 * @param options How.
 * @returns The dead letters. Close it.
 * @throws {TypeError} when an option is of a wrong type.
 * @throws {RangeError} when an option is out of range.
 * @throws {BrokerUnavailableError} when the broker can not be reached or does not let us in.
 *
 * @example
 * ```ts
 * import { openAmqpDeadLetters } from "@gemstone/gemstone/rabbitmq";
 *
 * async function show(service: string): Promise<void> {
 *   const letters = await openAmqpDeadLetters("amqp://127.0.0.1", service);
 *   console.log(await letters.list({ limit: 10 }));
 *   await letters.close();
 * }
 * ```
 */
export async function openAmqpDeadLetters(
  url: string | URL,
  service: string,
  options: AmqpDeadLettersOptions = {},
): Promise<DeadLetterOffice> {
  const names = new AmqpNames(readNamespace(options.namespace));
  // Throws for a service that can not have queues.
  names.groupQueue(service, "");
  const name = `gemstone dead letters of ${service}`;
  return new AmqpDeadLetters(await ToolConnection.open(url, { ...options.connection, name }), names, service);
}

/** The most that are listed at once. */
const MAX_LIMIT = 10_000;
/** No more are listed once their bodies have so many bytes. */
const MAX_LIST_BYTES = 64 * 1024 * 1024;
/** So many are on their way back at once, and may be settled last. */
const MAX_COPIES = MAX_UNHEARD_SETTLEMENTS;

type Action = (message: AmqpMessage, letter: DeadLetter) => Promise<void> | undefined;

class AmqpDeadLetters implements DeadLetterOffice {
  readonly #tool: ToolConnection;
  readonly #names: AmqpNames;
  readonly #service: string;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(tool: ToolConnection, names: AmqpNames, service: string) {
    this.#tool = tool;
    this.#names = names;
    this.#service = service;
  }

  list({ limit }: { readonly limit: number }): Promise<DeadLetter[]> {
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
      const range = `give an integer from 1 to ${MAX_LIMIT}`;
      return Promise.reject(new RangeError(`Cannot list dead letters with limit ${String(limit)}: ${range}`));
    }
    return this.#visit([], async (visit) => {
      const letters: DeadLetter[] = [];
      let bytes = 0;
      while (letters.length < limit && bytes < MAX_LIST_BYTES) {
        const message = await visit.next();
        if (message === undefined) break;
        visit.keep(message);
        letters.push(this.#read(message));
        bytes += message.content.length;
      }
      // What is looked at goes behind what is not, so the order at the broker is not that of the failures.
      return letters.sort((a, b) => compare(a.lastFailure, b.lastFailure));
    });
  }

  redrive(ids: readonly string[] | "all"): Promise<number> {
    return this.#visit(0, async (visit) => {
      const copies = await CopyChannel.open(this.#tool.connection, { onLost() {} });
      try {
        return await this.#settle(visit, ids, (message, { origin }) => {
          return copies.publish({ exchange: "", routingKey: origin }, createFreshCopy(message));
        });
      } finally {
        copies.detach();
      }
    });
  }

  drop(ids: readonly string[] | "all"): Promise<number> {
    return this.#visit(0, (visit) => this.#settle(visit, ids, () => undefined));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#tool.close();
  }

  /** Goes through the letters that are there now. */
  async #settle(visit: QueueVisit, ids: readonly string[] | "all", act: Action): Promise<number> {
    const wanted = ids === "all" ? undefined : new Wanted(ids);
    const running = new Set<Promise<void>>();
    let count = 0;
    let failure: unknown;
    const settle = async (message: AmqpMessage, letter: DeadLetter): Promise<void> => {
      try {
        await act(message, letter);
        visit.take(message);
        count++;
      } catch (error) {
        visit.keep(message);
        if (!(error instanceof CopyReturnedError)) failure ??= error;
      }
    };
    if (wanted?.isEmpty) return 0;
    for await (const message of visit.present()) {
      const letter = this.#read(message);
      if (wanted?.take(letter.id) === false) {
        visit.keep(message);
        continue;
      }
      const run = settle(message, letter).then(() => void running.delete(run));
      running.add(run);
      if (running.size >= MAX_COPIES) await Promise.race(running);
      if (failure !== undefined || wanted?.isEmpty) break;
    }
    await Promise.all(running);
    if (failure !== undefined) throw failure;
    return count;
  }

  /** One at a time: what one has fetched the other would not find. */
  #visit<T>(none: T, use: (visit: QueueVisit) => Promise<T>): Promise<T> {
    const visit = this.#last.then(() => this.#open(none, use));
    this.#last = visit.catch(() => {/* its caller meets the error */});
    return visit;
  }

  async #open<T>(none: T, use: (visit: QueueVisit) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new BrokerUnavailableError("Cannot use dead letters that have been closed");
    const { connection, lost } = this.#tool;
    const queue = this.#names.deadLetterQueue(this.#service);
    const work = async (): Promise<T> => {
      const channel = await connection.createChannel({ onClosed() {/* the operation fails */} }, false);
      try {
        const visit = new QueueVisit(channel, queue);
        try {
          return await use(visit);
        } finally {
          visit.end();
        }
      } finally {
        await channel.close();
      }
    };
    try {
      return await Promise.race([work(), lost]);
    } catch (error) {
      if (replyCodeOf(error) === 404) return none;
      // The operation may fail before the loss that it fails of is known.
      if (error instanceof RangeError || error instanceof BrokerUnavailableError) throw error;
      const why = explainRefusal(error as Error);
      throw new BrokerUnavailableError(`Cannot use queue "${queue}": ${why}`, { cause: error });
    }
  }

  #read(message: AmqpMessage): DeadLetter {
    return readDeadMessage(message, { names: this.#names, service: this.#service });
  }
}

/** Ids that are looked for; one that is given twice stands for two letters that are alike. */
class Wanted {
  readonly #counts = new Map<string, number>();

  constructor(ids: readonly string[]) {
    for (const id of ids) this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  /** Says whether it was looked for, and looks for it no more. */
  take(id: string): boolean {
    const count = this.#counts.get(id);
    if (count === undefined) return false;
    if (count === 1) this.#counts.delete(id);
    else this.#counts.set(id, count - 1);
    return true;
  }
}

function compare(a = "", b = ""): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
