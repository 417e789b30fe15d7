/**
 * Exchanges of which each event has its own, as with the Python library gemstone: declared before the first event
 * is published, and again on each new connection.
 *
 * @module
 */
import type { Logger } from "../../logger.ts";
import { type AmqpChannel, type AmqpConnection, replyCodeOf } from "./driver.ts";
import { type Declaration, declareOn } from "./topology.ts";

/** Remembers the exchanges that were used last. */
export class EventExchanges {
  readonly #most: number;
  readonly #logger: Logger;
  // Least recently used first.
  readonly #remembered = new Map<string, Declaration>();
  // On this connection. What a promise stands for is still on its way.
  #declared = new Map<string, Promise<void> | undefined>();
  #connection: AmqpConnection | undefined;

  /**
   * Creates one that remembers nothing.
   *
   * @param most How many are remembered: at least as many as there can be events on their way, because an event for
   * an exchange that is not there costs the channel.
   * @param logger Where it logs what can not be declared.
   */
  constructor(most: number, logger: Logger) {
    this.#most = most;
    this.#logger = logger;
  }

  /**
   * Declares what is remembered on a new connection.
   *
   * @param connection The connection.
   * @param onProgress Called after each.
   */
  async attach(connection: AmqpConnection, onProgress: () => void = () => {}): Promise<void> {
    const declared = this.#declared = new Map<string, Promise<void> | undefined>();
    let channel: AmqpChannel | undefined;
    // A map also visits what is added meanwhile: events that are emitted now wait for this connection.
    for (const [name, declaration] of this.#remembered) {
      if (declared.has(name)) continue;
      channel ??= await openChannel(connection);
      const isDeclared = await this.#declare(channel, name, declaration);
      declared.set(name, undefined);
      onProgress();
      // The broker closes a channel on which it refuses something.
      if (!isDeclared) channel = undefined;
    }
    this.#connection = connection;
    await channel?.close();
  }

  /** The connection is gone. */
  detach(): void {
    this.#connection = undefined;
    this.#declared = new Map();
  }

  /**
   * Sees to it that an exchange is there.
   *
   * @param name The exchange.
   * @param declare Says how it is declared.
   * @returns Resolves when it is there, or could not be declared; `undefined`: at once, because it was declared
   * before, or because it will be before anything is published.
   */
  ensure(name: string, declare: () => Declaration): Promise<void> | undefined {
    const declaration = this.#remembered.get(name) ?? declare();
    this.#remembered.delete(name);
    this.#remembered.set(name, declaration);
    if (this.#remembered.size > this.#most) this.#forget(this.#remembered.keys().next().value!);
    const connection = this.#connection;
    if (connection === undefined || this.#declared.has(name)) return this.#declared.get(name);
    const declaring = this.#declareAlone(connection, name, declaration).then(() => {
      if (connection === this.#connection) this.#declared.set(name, undefined);
    });
    this.#declared.set(name, declaring);
    return declaring;
  }

  async #declareAlone(connection: AmqpConnection, name: string, declaration: Declaration): Promise<void> {
    try {
      const channel = await openChannel(connection);
      await this.#declare(channel, name, declaration);
      await channel.close();
    } catch {
      // The connection is lost; the next one begins with all that is remembered.
    }
  }

  async #declare(channel: AmqpChannel, name: string, declaration: Declaration): Promise<boolean> {
    try {
      await declareOn(channel, declaration);
      return true;
    } catch (error) {
      // Without a reply code the connection is lost. An exchange of another kind takes events, too.
      if (replyCodeOf(error) !== undefined) this.#logger.warn(`Cannot declare exchange "${name}"`, { error });
      return false;
    }
  }

  #forget(name: string): void {
    this.#remembered.delete(name);
    this.#declared.delete(name);
  }
}

function openChannel(connection: AmqpConnection): Promise<AmqpChannel> {
  return connection.createChannel({ onClosed: () => {/* the operation fails */} }, false);
}
