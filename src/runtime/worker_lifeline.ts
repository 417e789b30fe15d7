/**
 * Tells when the thread of a worker is really gone.
 *
 * @module
 */
import { MessageChannel, type MessagePort } from "node:worker_threads";

/** What a worker must be started with, for its lifeline to be one. */
export interface LifelineOptions {
  /** Goes to the worker, which has no use for it but keeps it. */
  readonly workerData: MessagePort;
  /** Moves it there. */
  readonly transferList: [MessagePort];
}

/**
 * A channel to a worker that says nothing. Deno (2.5 to 2.9) says that a worker has ended as soon as it is to end, also
 * when its code goes on: JavaScript that computes (since 2.7) or a call of the operating system that does not return.
 * The other end of a channel is closed by the thread itself, as the last that it does. On Node `exit` says as much.
 */
export class Lifeline {
  /** What the worker is started with. */
  readonly workerOptions: LifelineOptions;
  /** Resolves when the thread is gone. */
  readonly cut: Promise<void>;
  readonly #port: MessagePort;

  /** Makes the channel. It does not keep the process alive. */
  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.workerOptions = { workerData: port2, transferList: [port2] };
    this.cut = new Promise((resolve) => port1.once("close", resolve));
    // Deno 2.7 keeps its own end otherwise.
    void this.cut.then(() => port1.close());
    // Without that nothing is heard of the other end.
    port1.start();
    port1.unref();
  }

  /** Says whether the process has to wait for the end of the thread. */
  keepProcessAlive(keeps: boolean): void {
    if (keeps) this.#port.ref();
    else this.#port.unref();
  }

  /** Gives the channel back when there is no worker for it. */
  close(): void {
    this.#port.close();
    this.workerOptions.workerData.close();
  }
}
