/** The contract of event transports, over the broker that tests share. */
import { type ContractNames, createEventTransportContract } from "@gemstone/gemstone/testing";
import { AmqpNames } from "../../../src/events/amqp/amqp_names.ts";
import { openAmqpDeadLetters } from "../../../src/events/amqp/dead_letters.ts";
import { RabbitMqEventTransport } from "../../../src/events/amqp/rabbitmq_event_transport.ts";
import { AMQP_URL } from "../../support/broker.ts";
import { withChannel } from "../../support/raw_amqp.ts";
import { randomName } from "./driver_fixture.ts";

const url = AMQP_URL ?? "amqp://127.0.0.1";
const namespace = randomName("c").slice(0, 32);
const names = new AmqpNames(namespace);
const retryDelaysMs = [20, 40];

/** Deletes the queues of a case. */
async function deleteQueues({ services, events }: ContractNames): Promise<void> {
  await withChannel(url, async (channel) => {
    for (const service of services) {
      for (const event of events) await channel.deleteQueue(names.groupQueue(service, event));
      await channel.deleteQueue(names.deadLetterQueue(service));
    }
  });
}

const cases = createEventTransportContract({
  createTransport: () => new RabbitMqEventTransport(url, { namespace, retryDelaysMs }),
  deadLetters: (service) => openAmqpDeadLetters(url, service, { namespace }),
  cleanUp: deleteQueues,
});

for (const { name, skipped, run } of cases) {
  Deno.test({
    name: `RabbitMqEventTransport: ${name}`,
    ignore: AMQP_URL === undefined || skipped !== undefined,
    fn: run,
  });
}

Deno.test({
  name: "RabbitMqEventTransport: what all cases share is deleted",
  ignore: AMQP_URL === undefined,
  async fn() {
    await withChannel(url, async (channel) => {
      for (const name of retryDelaysMs.flatMap((ms) => [names.retry(ms), names.transientRetry(ms)])) {
        await channel.deleteQueue(name);
        await channel.deleteExchange(name);
      }
      for (const name of [names.events, names.broadcast, names.requeue, names.deadLetters]) {
        await channel.deleteExchange(name);
      }
    });
  },
});
