/**
 * What the two sides of the RabbitMQ transport share.
 *
 * @module
 */
import type { EventTransportSetup, EventTransportStatus } from "../event_transport.ts";
import type { EventCounters } from "../transport_state.ts";
import { connectAmqplib } from "./amqplib_driver.ts";
import type { SetUp } from "./connection_attempt.ts";
import { explainRefusal } from "./explain_refusal.ts";
import type { ResolvedRabbitMqOptions } from "./options.ts";
import { ConnectionSupervisor } from "./supervisor.ts";
import type { Topology } from "./topology.ts";

/** What a side works with. */
export interface TransportContext {
  /** The options. */
  readonly options: ResolvedRabbitMqOptions;
  /** Who uses the transport. */
  readonly setup: EventTransportSetup;
  /** What there has to be at the broker. */
  readonly topology: Topology;
  /** What is counted. */
  readonly counters: EventCounters;
  /** Told of each change of the connection. Must not throw. */
  readonly onStatus: (status: EventTransportStatus) => void;
}

/** What a side does with its connection. */
export interface ConnectionUse {
  /** Which one it is. */
  readonly name: "publish" | "consume";
  /** Makes a new connection useful. */
  readonly setUp: SetUp;
  /** The connection is gone. Must not throw. */
  readonly tearDown: (reason: Error) => void;
  /** Told of each change. Must not throw. */
  readonly onStatus: (status: EventTransportStatus) => void;
}

/**
 * Makes what keeps the connection of a side alive, and logs what becomes of it.
 *
 * @param context What the side works with.
 * @param use What it does with the connection.
 * @returns The supervisor, which has not begun.
 */
export function createSupervisor(
  { options, setup }: TransportContext,
  { name, setUp, tearDown, onStatus }: ConnectionUse,
): ConnectionSupervisor {
  const { logger } = setup;
  let lastMessage: string | undefined;
  return new ConnectionSupervisor({
    name,
    connectionName: `${setup.service}/${setup.instanceId} ${name}`,
    urls: options.urls,
    connect: connectAmqplib,
    connection: options.connection,
    setUp,
    tearDown,
    onStatus: (status) => {
      if (status.state === "up") {
        lastMessage = undefined;
        logger.info(`RabbitMQ: the ${name} connection is up`);
      } else if (status.state === "blocked") {
        logger.warn(`RabbitMQ: the broker takes no events for the time being: ${status.reason}`);
      }
      onStatus(status);
    },
    onFailure: (error, nextRetryMs) => {
      // While a broker is down each attempt fails alike.
      const level = error.message === lastMessage ? "debug" : "warn";
      lastMessage = error.message;
      logger[level](`RabbitMQ: the ${name} connection is down: ${explainRefusal(error)}`, {
        nextRetryMs: Math.round(nextRetryMs),
      });
    },
  });
}
