/**
 * A connection of amqplib that always ends: with its socket, its channels and one notice to its owner.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import { waitAtMost } from "../time_limit.ts";
import { AmqplibChannel } from "./amqplib_channel.ts";
import type { AmqpChannel, AmqpChannelListener, AmqpConnection, AmqpConnectionListener } from "./driver.ts";
import { WriteBatch } from "./write_batch.ts";

/** The callback interface of amqplib. */
export type AmqplibModule = Pick<typeof import("amqplib/callback_api"), "connect" | "credentials">;

/** A connection of the callback interface of amqplib. */
export type AmqplibModel = import("amqplib/callback_api").Connection;

/** One connection. */
export class AmqplibConnection implements AmqpConnection {
  readonly product: string;
  /** For what is written often. */
  readonly writes: WriteBatch;
  readonly #model: AmqplibModel;
  readonly #listener: AmqpConnectionListener;
  readonly #socket: AbortController;
  readonly #channels = new Set<AmqplibChannel>();
  readonly #ended: Promise<void>;
  #resolveEnded!: () => void;
  #closing: Promise<void> | undefined;
  #isBlocked = false;
  #isOver = false;
  #hasEnded = false;
  #reason: Error | undefined;

  /**
   * Takes over a connection in the call that hands it out, so that none of its events is missed.
   *
   * @param model The connection.
   * @param listener Its owner.
   * @param socket Ends the socket. The library only half-closes it after a heartbeat timeout, and a process with
   * such a socket never exits.
   */
  constructor(model: AmqplibModel, listener: AmqpConnectionListener, socket: AbortController) {
    const { product = "an AMQP broker", version = "" } = model.connection.serverProperties ?? {};
    this.product = `${product} ${version}`.trimEnd();
    this.writes = new WriteBatch((model.connection as { readonly stream?: unknown }).stream);
    this.#model = model;
    this.#listener = listener;
    this.#socket = socket;
    this.#ended = new Promise((resolve) => this.#resolveEnded = resolve);
    model.on("error", (error) => this.destroy(error));
    model.on("close", (error?: Error) => this.#end(error));
    model.on("blocked", (reason) => {
      this.#isBlocked = true;
      this.guard(() => listener.onBlocked(String(reason)));
    });
    model.on("unblocked", () => {
      this.#isBlocked = false;
      this.guard(() => listener.onUnblocked());
    });
  }

  /** It has ended or is about to; nothing that still comes from it counts. */
  get isOver(): boolean {
    return this.#isOver;
  }

  createChannel(listener: AmqpChannelListener, isConfirm: boolean): Promise<AmqpChannel> {
    return new Promise((resolve, reject) => {
      if (this.#isOver) throw this.#reason ?? new Error("The connection is closed");
      const onOpen = (error: Error | null): void => error ? reject(error) : resolve(channel.open());
      const raw = isConfirm ? this.#model.createConfirmChannel(onOpen) : this.#model.createChannel(onOpen);
      const channel = new AmqplibChannel(raw, listener, this);
      this.#channels.add(channel);
    });
  }

  /** A channel has ended by itself. */
  forget(channel: AmqplibChannel): void {
    this.#channels.delete(channel);
  }

  close(limitMs: number): Promise<void> {
    return this.#closing ??= this.#close(limitMs);
  }

  destroy(error?: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reason ??= error;
    this.#socket.abort(error);
    // The library tells of it by then, unless something keeps it from that.
    setImmediate(() => this.#end(error));
  }

  /** Calls an owner: what it throws must not reach the library, which would answer with a protocol error. */
  guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async #close(limitMs: number): Promise<void> {
    const orderly = this.#closeOrderly().catch(() => {/* lost meanwhile, which is what is wanted */});
    await waitAtMost(orderly, limitMs);
    this.destroy();
    await this.#ended;
  }

  async #closeOrderly(): Promise<void> {
    // Acknowledgements wait in the channels; the library would send its close ahead of them. A broker that
    // blocks the connection reads neither.
    if (!this.#isBlocked) await Promise.all([...this.#channels].map((channel) => channel.close()));
    if (!this.#isOver) this.#model.close();
    await this.#ended;
  }

  #end(error: Error | undefined): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#isOver = true;
    this.#reason ??= error;
    this.#socket.abort();
    const isOurs = this.#closing !== undefined;
    for (const channel of this.#channels) channel.end(this.#reason, isOurs);
    this.#channels.clear();
    if (!isOurs) this.guard(() => this.#listener.onClosed(this.#reason));
    this.#resolveEnded();
  }
}
