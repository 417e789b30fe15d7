/** Redis for tests: the one that tests share, and private ones that they may kill. */
import { connect } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { GuardedServer, makeServerDirectory } from "./guarded_server.ts";
import { findProgram } from "./run_command.ts";
import { findFreePort } from "./tcp_port.ts";
import { waitUntil } from "./wait_until.ts";

/**
 * The URL of the server that tests share, from `REDIS_URL`. Without one the tests that need it are to be ignored:
 * `deno task test` finds or starts one, and says so when it can not.
 */
export const REDIS_URL: string | undefined = process.env.REDIS_URL || undefined;

/** Whether this machine can run private servers; tests that need one are ignored otherwise. */
export function hasPrivateRedis(): boolean {
  return process.platform !== "win32" && findProgram("redis-server") !== undefined;
}

/** A Redis server on the loopback with data of its own, each write on the disk before it is answered. */
export class PrivateRedis {
  readonly #server: GuardedServer;

  private constructor(server: GuardedServer) {
    this.#server = server;
  }

  /** Makes one; it runs. */
  static async create(): Promise<PrivateRedis> {
    const program = findProgram("redis-server");
    if (program === undefined) throw new Error("Cannot find redis-server: install the package of that name");
    const directory = await makeServerDirectory();
    const port = await findFreePort();
    const settings = {
      bind: "127.0.0.1",
      port: String(port),
      dir: directory,
      pidfile: join(directory, "pid"),
      appendonly: "yes",
      appendfsync: "always",
      save: "",
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    const server = await GuardedServer.create({
      directory,
      port,
      command: [program, ...args],
      companion: [],
      env: {},
    });
    const redis = new PrivateRedis(server);
    try {
      await redis.start();
    } catch (error) {
      await redis[Symbol.asyncDispose]();
      throw error;
    }
    return redis;
  }

  /** Where it listens, on 127.0.0.1. */
  get port(): number {
    return this.#server.plan.port;
  }

  /** Its URL. */
  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, with the data that it had, and waits until it has read them. */
  async start(): Promise<void> {
    await this.#server.start();
    await waitUntil("Redis answers a PING", () => answersPing(this.port));
  }

  /** Ends it with SIGKILL. */
  kill(): Promise<void> {
    return this.#server.kill();
  }

  /** Ends it with SIGTERM. */
  terminate(): Promise<void> {
    return this.#server.terminate();
  }

  /** Stops it with SIGSTOP: connections stay open, nothing is answered. */
  pause(): Promise<void> {
    return this.#server.pause();
  }

  /** Lets it go on. */
  resume(): Promise<void> {
    return this.#server.resume();
  }

  /** Ends it for good. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#server[Symbol.asyncDispose]();
  }
}

/** Whether a Redis that needs no password listens on a port of this machine, and has read its data. */
export function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(3000, () => finish(false));
    socket.once("error", () => finish(false)).once("close", () => finish(false));
    socket.once("data", (reply) => finish(reply.toString("latin1").startsWith("+PONG")));
    socket.write("PING\r\n");
  });
}

/** Defines a test that needs a server of its own, which it may kill. */
export function testPrivateRedis(name: string, fn: (redis: PrivateRedis) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !hasPrivateRedis(),
    fn: async () => {
      await using redis = await PrivateRedis.create();
      await fn(redis);
    },
  });
}
