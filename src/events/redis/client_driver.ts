/**
 * The driver on `@redis/client`, which is loaded when somebody connects.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { clearInterval, clearTimeout, setInterval, setTimeout as startTimer } from "node:timers";
import { RedisConnectError, toConnectError } from "./connect_error.ts";
import type {
  OnRedisMessage,
  RedisCommand,
  RedisConnection,
  RedisConnectionListener,
  RedisConnectOptions,
  RedisReply,
} from "./driver.ts";
import type { RedisTarget } from "./url.ts";

/** What we use of the client. */
interface RawClient {
  connect(): Promise<unknown>;
  sendCommand(command: RedisCommand, options?: unknown): Promise<unknown>;
  subscribe(channels: string[], listener: RawListener, bufferMode: true): Promise<void>;
  pSubscribe(pattern: string, listener: RawListener, bufferMode: true): Promise<void>;
  on(event: "error", listener: (error: Error) => void): unknown;
  ref(): void;
  unref(): void;
  destroy(): void;
}

type RawListener = (message: Buffer, channel: Buffer) => void;
type CreateClient = (options: unknown) => RawClient;

/** How often one looks for an answer. */
const LOOKS = 4;
/** One form of replies for all versions of Redis. */
const REPLIES = { RESP: 2 };
/** The type `$` of RESP, bulk strings, as bytes. */
const BYTES = { typeMapping: { [36]: Buffer } };

/**
 * Connects with `@redis/client`; a {@linkcode RedisConnect}.
 *
 * @param target The server.
 * @param options How to connect.
 * @param listener Whom to tell when the connection is lost.
 * @returns The connection.
 */
export async function connectRedisClient(
  target: RedisTarget,
  options: RedisConnectOptions,
  listener: RedisConnectionListener,
): Promise<RedisConnection> {
  const { signal } = options;
  const createClient = await loadClient();
  const connection = new ClientConnection(createClient(toClientOptions(target, options)), listener);
  let timer: ReturnType<typeof startTimer> | undefined;
  let onAbort = () => {};
  const givenUp = new Promise<never>((_resolve, reject) => {
    const giveUp = (text: string): void => reject(new RedisConnectError(text, { isFinal: false }));
    timer = startTimer(() => giveUp(`No connection within ${options.timeoutMs} ms`), options.timeoutMs);
    onAbort = () => giveUp("Given up");
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    await Promise.race([connection.open(options.responseTimeoutMs), givenUp]);
    return connection;
  } catch (error) {
    connection.close();
    throw toConnectError(error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

class ClientConnection implements RedisConnection {
  readonly #client: RawClient;
  readonly #listener: RedisConnectionListener;
  #isOpen = false;
  #isClosed = false;
  #fault: Error | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(client: RawClient, listener: RedisConnectionListener) {
    this.#client = client;
    this.#listener = listener;
    // Whatever it says, the connection can not be trusted any more. Unheard, it would end the process.
    client.on("error", (error) => this.#fail(error));
    // A socket that still connects can not be destroyed; at least it does not keep the process.
    client.unref();
  }

  async open(responseTimeoutMs: number): Promise<void> {
    try {
      await this.#client.connect();
      // The client forgets that it has been destroyed while it connected.
      if (this.#isClosed) return this.#client.destroy();
      this.#client.ref();
      // A server that wants a password, or still reads its data, says so only now.
      await this.send(["PING"]);
    } catch (error) {
      throw this.#fault ?? error;
    }
    this.#isOpen = true;
    this.#startWatch(responseTimeoutMs);
  }

  send(command: RedisCommand): Promise<RedisReply> {
    return this.#client.sendCommand(command) as Promise<RedisReply>;
  }

  sendForBytes(command: RedisCommand): Promise<RedisReply> {
    return this.#client.sendCommand(command, BYTES) as Promise<RedisReply>;
  }

  subscribe(channels: readonly string[], onMessage: OnRedisMessage): Promise<void> {
    return this.#client.subscribe([...channels], toListener(onMessage), true);
  }

  subscribeToPattern(pattern: string, onMessage: OnRedisMessage): Promise<void> {
    return this.#client.pSubscribe(pattern, toListener(onMessage), true);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#watch);
    this.#client.destroy();
  }

  #fail(error: Error): void {
    if (this.#isClosed) return;
    this.#fault = error;
    this.close();
    // Before that, `open` rejects.
    if (this.#isOpen) this.#listener.onClosed(toConnectError(error));
  }

  /**
   * Commands are answered in order: an answer to this one says that none before is open. Looks are counted and not
   * the time, because after a long computation in this process an answer may be there that nobody has read yet.
   */
  #startWatch(limitMs: number): void {
    let looks = 0;
    this.#watch = setInterval(() => {
      if (looks === 0) this.send(["PING"]).then(() => looks = 0, () => {});
      if (looks++ < LOOKS) return;
      this.#fail(new RedisConnectError(`No answer within ${limitMs} ms`, { isFinal: false }));
    }, Math.ceil(limitMs / LOOKS));
    this.#watch.unref();
  }
}

function toListener(onMessage: OnRedisMessage): RawListener {
  return (message, channel) => onMessage(channel.toString(), message);
}

async function loadClient(): Promise<CreateClient> {
  try {
    // One type for all that its generic types could be.
    const { RedisClient } = await import("@redis/client") as unknown as {
      RedisClient: { factory(config: unknown): CreateClient };
    };
    // Its `createClient` makes a class with some hundred methods, 30 ms, for each new set of options; this keeps
    // one for the same configuration.
    return RedisClient.factory(REPLIES);
  } catch (cause) {
    throw new RedisConnectError(
      'The package "@redis/client" can not be loaded: install it with "npm install @redis/client"',
      { isFinal: true, cause },
    );
  }
}

function toClientOptions(
  { isTls, host, port, path, username, password, database }: RedisTarget,
  { timeoutMs, connectionName, tls }: RedisConnectOptions,
): unknown {
  return {
    ...REPLIES,
    // No handshake that an old version of Redis does not know.
    maintNotifications: "disabled",
    disableClientInfo: true,
    name: connectionName,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    database,
    // Its queue has no bound and its pauses can not be ended: we connect anew ourselves.
    disableOfflineQueue: true,
    commandOptions: { timeout: 0 },
    socket: {
      reconnectStrategy: false,
      connectTimeout: timeoutMs,
      ...(path === undefined ? { host, port } : { path }),
      ...(isTls && { tls: true, ...tls }),
    },
  };
}
