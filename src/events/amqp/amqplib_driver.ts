/**
 * Connects to a broker with amqplib, which is loaded by who connects first.
 *
 * Its callback interface is used, because that hands out connections and channels in the very call in which they
 * come to be: an `error` event that nobody listens to yet would end the process.
 *
 * @module
 */
import { clearTimeout, setTimeout as startTimer } from "node:timers";
import { AmqplibConnection, type AmqplibModule } from "./amqplib_connection.ts";
import { readCredentials } from "./broker_url.ts";
import { toConnectError } from "./connect_error.ts";
import {
  type AmqpConnect,
  AmqpConnectError,
  type AmqpConnection,
  type AmqpConnectionListener,
  type AmqpConnectOptions,
} from "./driver.ts";

/** Connects with amqplib, on Deno and on Node. */
export const connectAmqplib: AmqpConnect = createAmqplibConnect(() => import("amqplib/callback_api"));

/**
 * Makes a function that connects with amqplib.
 *
 * @param load Loads the callback interface of amqplib.
 * @returns The function.
 */
export function createAmqplibConnect(load: () => Promise<AmqplibModule>): AmqpConnect {
  return async (url, options, listener) => {
    const amqplib = await load().catch((cause) => {
      throw new AmqpConnectError(
        'The package "amqplib" can not be loaded: install it with "npm install amqplib" or "deno add npm:amqplib"',
        { isFinal: true, cause },
      );
    });
    const attempt = new Attempt(amqplib, options, listener);
    try {
      return await attempt.connect(url);
    } catch (error) {
      throw toConnectError(error);
    } finally {
      attempt.leave();
    }
  };
}

/** One attempt to connect, within its time limit. */
class Attempt {
  readonly #amqplib: AmqplibModule;
  readonly #options: AmqpConnectOptions;
  readonly #listener: AmqpConnectionListener;
  /** Ends the socket, in whatever state: `node:net` and `node:tls` listen to it. */
  readonly #socket = new AbortController();
  #timer: ReturnType<typeof startTimer> | undefined;

  constructor(amqplib: AmqplibModule, options: AmqpConnectOptions, listener: AmqpConnectionListener) {
    this.#amqplib = amqplib;
    this.#options = options;
    this.#listener = listener;
  }

  connect(url: string): Promise<AmqpConnection> {
    const { timeoutMs, signal } = this.#options;
    return new Promise((resolve, reject) => {
      // The library may call back late, twice or not at all once its socket has been ended.
      this.#socket.signal.addEventListener("abort", () => reject(this.#socket.signal.reason), { once: true });
      if (signal?.aborted) return this.#giveUp();
      signal?.addEventListener("abort", this.#giveUp);
      this.#timer = startTimer(() => {
        this.#socket.abort(new Error(`The broker has not answered within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#open(url, resolve, reject);
    });
  }

  leave(): void {
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener("abort", this.#giveUp);
  }

  #open(url: string, resolve: (connection: AmqpConnection) => void, reject: (error: unknown) => void): void {
    const { tls, heartbeatSeconds, connectionName } = this.#options;
    const { user, password } = readCredentials(url);
    const socketOptions = {
      ...tls,
      // Without it a lone message of more than 2 KB waits 44 ms for its confirmation.
      noDelay: true,
      keepAlive: true,
      clientProperties: { connection_name: connectionName },
      // The library decodes those of the URL as Latin-1.
      credentials: this.#amqplib.credentials.plain(user, password),
      signal: this.#socket.signal,
    };
    this.#amqplib.connect(withHeartbeat(url, heartbeatSeconds), socketOptions, (error, model) => {
      if (error) return reject(error);
      const connection = new AmqplibConnection(model, this.#listener, this.#socket);
      // Given up meanwhile: the owner never hears of it.
      if (this.#socket.signal.aborted) return void connection.close(0);
      resolve(connection);
    });
  }

  readonly #giveUp = (): void => this.#socket.abort(new Error("Connecting was given up"));
}

function withHeartbeat(url: string, heartbeatSeconds: number): string {
  const parts = new URL(url);
  if (!parts.searchParams.has("heartbeat")) {
    parts.searchParams.set("heartbeat", String(heartbeatSeconds));
  }
  return parts.href;
}
