/**
 * Events for everybody (broadcasts), and events of which each service makes one of its instances do the work.
 *
 * ```sh
 * # A publisher, two workers and a bookkeeper, all in this process.
 * deno run -A examples/publisher_subscriber/main.ts --port 8000
 *
 * curl -X POST -H "Content-Type: application/json" http://127.0.0.1:8000/api -d '[
 *   {"jsonrpc": "2.0", "method": "announce", "params": ["we are open"]},
 *   {"jsonrpc": "2.0", "id": 1, "method": "order", "params": ["tea"]},
 *   {"jsonrpc": "2.0", "id": 2, "method": "order", "params": ["cake"]}
 * ]'
 * # worker 1 hears: we are open, worker 2 hears: we are open, bookkeeper hears: we are open,
 * # worker 1 makes: tea, worker 2 makes: cake, bookkeeper books: tea, bookkeeper books: cake
 *
 * # The same over RabbitMQ, each in a process of its own, as many workers as you like.
 * deno run -A examples/publisher_subscriber/main.ts worker --amqp amqp://127.0.0.1 --label "worker 1"
 * deno run -A examples/publisher_subscriber/main.ts worker --amqp amqp://127.0.0.1 --label "worker 2" --port 0
 * deno run -A examples/publisher_subscriber/main.ts bookkeeper --amqp amqp://127.0.0.1
 * deno run -A examples/publisher_subscriber/main.ts publisher --amqp amqp://127.0.0.1
 *
 * # On Node, in a checkout: deno task build:npm, then
 * node npm/examples/publisher_subscriber/main.js
 * ```
 *
 * @module
 */
import process from "node:process";
import { MemoryEventBroker } from "@gemstone/gemstone/events";
import { Publisher } from "./publisher.ts";
import { Bookkeeper, Worker } from "./subscribers.ts";

async function main([name = "", ...args]: string[]): Promise<void> {
  const broker = new MemoryEventBroker();
  const publisher = new Publisher(broker);
  const bookkeeper = new Bookkeeper(broker);
  const alone = [publisher, bookkeeper, new Worker(broker)].find((service) => service.name === name);
  if (alone !== undefined) return await alone.start({ args });

  await publisher.configure();
  // Those who listen start first, or they would miss what is announced before.
  for (const service of [new Worker(broker, "worker 1"), new Worker(broker, "worker 2"), bookkeeper]) {
    // All read the same command line, but only the publisher can have the port that it names.
    await service.configure();
    service.port = 0;
    await service.start();
  }
  await publisher.start();
}

if (import.meta.main) await main(process.argv.slice(2));
