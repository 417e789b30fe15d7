/**
 * Events over our RabbitMQ transport.
 *
 * @module
 */
import { createLogger } from "@gemstone/gemstone";
import { createEvent, type EventSubscription, type ReceivedEvent } from "@gemstone/gemstone/events";
import { RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";
// The transport imports it by itself; this is for the machine to have it.
// deno-lint-ignore no-import-prefix -- not for the lock file: only those who measure events need it
import "npm:amqplib@2.3.1";
import {
  type BenchBody,
  type Carrier,
  type CarrierSetup,
  EVENT,
  MOST_IN_FLIGHT,
  runCarrier,
  SERVICE,
} from "./carrier.ts";

const EMIT = { confirm: true, requireRoute: false, timeoutMs: undefined, signal: undefined };
/** So few, because each is two queues. */
const RETRY_DELAYS_MS = [1000];

async function open({ url, namespace }: CarrierSetup): Promise<Carrier> {
  const source = `/gemstone/${SERVICE}/${namespace}`;
  const start = async (): Promise<RabbitMqEventTransport> => {
    const transport = new RabbitMqEventTransport(url, {
      namespace,
      retryDelaysMs: RETRY_DELAYS_MS,
      publishing: { windowEvents: MOST_IN_FLIGHT },
    });
    await transport.start({
      service: SERVICE,
      instanceId: crypto.randomUUID(),
      logger: createLogger(SERVICE, { level: "warn" }),
    });
    return transport;
  };
  const consume: Carrier["consume"] = async (prefetch, onEvent) => {
    const consumer = await start();
    await consumer.subscribe([
      createSubscription(prefetch, ({ body }) => onEvent(body as unknown as BenchBody)),
    ]);
    return async () => void await consumer.stop({ drainMs: 5000 });
  };
  const publisher = await start();
  // Declares the queue, so that events wait in it.
  await (await consume(1, () => {}))();
  return {
    emit: (body) => publisher.emit(createEvent(EVENT, body, { broadcast: false, source }), EMIT),
    consume,
  };
}

function createSubscription(prefetch: number, handle: (event: ReceivedEvent) => void): EventSubscription {
  return {
    event: EVENT,
    handle,
    settings: {
      concurrency: prefetch,
      prefetch,
      ordered: false,
      maxAttempts: 5,
      localRetryDelaysMs: [50, 250],
      timeoutMs: 300_000,
    },
  };
}

await runCarrier(open);
