/**
 * Two services and an event: calling `say_hello` of the one makes it emit `said_hello`, which the other one hears.
 *
 * ```sh
 * # Both in this process.
 * deno run -A examples/events/main.ts --port 8000
 *
 * curl -X POST -H "Content-Type: application/json" http://127.0.0.1:8000/api \
 *   -d '{"jsonrpc": "2.0", "id": 1, "method": "say_hello", "params": ["world"]}'
 *
 * # The same over RabbitMQ, which could be any service anywhere: each in a process of its own.
 * deno run -A examples/events/main.ts listener --amqp amqp://127.0.0.1
 * deno run -A examples/events/main.ts greeter --amqp amqp://127.0.0.1
 *
 * # On Node, in a checkout: deno task build:npm, then
 * node npm/examples/events/main.js
 * ```
 *
 * `gemstone events tail said_hello` shows what goes through the broker, and `gemstone events emit said_hello
 * '{"name": "ann"}'` plays the greeter.
 *
 * @module
 */
import process from "node:process";
import { MemoryEventBroker } from "@gemstone/gemstone/events";
import { Greeter } from "./greeter.ts";
import { Listener } from "./listener.ts";

async function main([name = "", ...args]: string[]): Promise<void> {
  const broker = new MemoryEventBroker();
  const greeter = new Greeter(broker);
  const listener = new Listener(broker);
  const alone = [greeter, listener].find((service) => service.name === name);
  if (alone !== undefined) return await alone.start({ args });

  // Both read the same command line, but only one of them can have the port that it names.
  await greeter.configure();
  await listener.configure();
  listener.port = 0;
  await listener.start();
  await greeter.start();
}

if (import.meta.main) await main(process.argv.slice(2));
