/**
 * The RabbitMQ that examples may use.
 *
 * @module
 */
import process from "node:process";
import { connect } from "amqplib";
import { answersAmqp } from "../services/probe.ts";

const DEFAULT_PORT = 5672;

/**
 * Finds the broker in `AMQP_URL`, or on the default port of this machine.
 *
 * @returns Its URL; `undefined` when there is none.
 */
export async function findExampleBroker(): Promise<string | undefined> {
  const given = process.env.AMQP_URL;
  if (given) return given;
  return await answersAmqp(DEFAULT_PORT) ? `amqp://guest:guest@127.0.0.1:${DEFAULT_PORT}` : undefined;
}

/**
 * Deletes queues, also such as are not there.
 *
 * @param url The URL of the broker.
 * @param queues Their names.
 */
export async function deleteQueues(url: string, queues: readonly string[]): Promise<void> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  for (const queue of queues) await channel.deleteQueue(queue);
  await connection.close();
}
