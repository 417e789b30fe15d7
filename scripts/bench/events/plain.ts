/**
 * Events over plain amqplib, as one would write it who wants confirmations and the same properties.
 *
 * @module
 */
// deno-lint-ignore no-import-prefix -- not for the lock file: only those who measure events need it
import { type ConfirmChannel, connect } from "npm:amqplib@2.3.1";
import { Buffer } from "node:buffer";
import {
  type BenchBody,
  type Carrier,
  type CarrierSetup,
  EVENT,
  plainNames,
  runCarrier,
  SERVICE,
} from "./carrier.ts";

async function open({ url, namespace }: CarrierSetup): Promise<Carrier> {
  const { exchange, queue } = plainNames(namespace);
  const options = { noDelay: true, keepAlive: true };
  const [publishing, consuming] = [await connect(url, options), await connect(url, options)];
  const channel = await publishing.createConfirmChannel();
  await channel.assertExchange(exchange, "topic", { durable: true });
  // What our transport declares, so that the broker has the same work.
  await channel.assertQueue(queue, {
    durable: true,
    arguments: {
      "x-queue-type": "quorum",
      "x-delivery-limit": 20,
      "x-dead-letter-exchange": `${exchange}.dead`,
      "x-dead-letter-strategy": "at-least-once",
      "x-overflow": "reject-publish",
    },
  });
  await channel.bindQueue(queue, exchange, EVENT);
  return {
    emit: (body) => emit(channel, exchange, `/gemstone/${SERVICE}/${namespace}`, body),
    consume: async (prefetch, onEvent) => {
      const consumer = await consuming.createChannel();
      await consumer.prefetch(prefetch);
      await consumer.consume(queue, (message) => {
        if (message === null) return;
        onEvent(JSON.parse(message.content.toString()));
        consumer.ack(message);
      });
      return () => consumer.close();
    },
  };
}

function emit(channel: ConfirmChannel, exchange: string, source: string, body: BenchBody): Promise<string> {
  const id = crypto.randomUUID();
  const timeMs = Date.now();
  return new Promise((resolve, reject) => {
    channel.publish(exchange, EVENT, Buffer.from(JSON.stringify(body)), {
      messageId: id,
      contentType: "application/json",
      deliveryMode: 2,
      timestamp: Math.floor(timeMs / 1000),
      type: EVENT,
      appId: SERVICE,
      headers: {
        cloudEvents_specversion: "1.0",
        cloudEvents_id: id,
        cloudEvents_source: source,
        cloudEvents_type: EVENT,
        cloudEvents_time: new Date(timeMs).toISOString(),
      },
      mandatory: true,
    }, (error) => error ? reject(error) : resolve(id));
  });
}

await runCarrier(open);
