/**
 * The servers that tests need, and how each is found, installed and started.
 *
 * @module
 */
import { hasPrivateBroker, PrivateBroker } from "../../tests/support/broker.ts";
import { answersPing, hasPrivateRedis, PrivateRedis } from "../../tests/support/redis_server.ts";
import { answersAmqp } from "./probe.ts";

/** A server that was started for us. */
export interface StartedServer extends AsyncDisposable {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
}

/** A kind of server. */
export interface ServerKind {
  /** For people. */
  readonly name: string;
  /** The variable that holds its URL. */
  readonly variable: string;
  /** Where it listens by default. */
  readonly defaultPort: number;
  /** The Debian package. */
  readonly package: string;
  /** The image, for machines with docker only. */
  readonly image: string;
  /** Whether it is installed on this machine. */
  isInstalled(): boolean;
  /** Starts the installed one; it ends with this process at the latest. */
  start(): Promise<StartedServer>;
  /** Whether one listens on a port of this machine and lets us in. */
  answers(port: number): Promise<boolean>;
  /** The URL of one on a port of this machine. */
  toUrl(port: number): string;
}

/** All of them. */
export const SERVER_KINDS: readonly ServerKind[] = [
  {
    name: "RabbitMQ",
    variable: "AMQP_URL",
    defaultPort: 5672,
    package: "rabbitmq-server",
    image: "rabbitmq:4",
    isInstalled: hasPrivateBroker,
    start: () => PrivateBroker.create(),
    answers: answersAmqp,
    toUrl: (port) => `amqp://guest:guest@127.0.0.1:${port}`,
  },
  {
    name: "Redis",
    variable: "REDIS_URL",
    defaultPort: 6379,
    package: "redis-server",
    image: "redis:7",
    isInstalled: hasPrivateRedis,
    start: () => PrivateRedis.create(),
    answers: answersPing,
    toUrl: (port) => `redis://127.0.0.1:${port}`,
  },
];
