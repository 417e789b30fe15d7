import { assertEquals } from "@std/assert";
import { RemoteService } from "@gemstone/gemstone/client";
import type { Greeter } from "./greeter.ts";

interface Example {
  readonly url: string;
  printed(pattern: RegExp): Promise<void>;
}

const OVER_RABBITMQ = ["--amqp", "$AMQP_URL"];

/** The command lines of its processes, for each way to run it. */
export const runs: Record<string, string[][]> = {
  "in one process": [[]],
  "in one process, over RabbitMQ": [OVER_RABBITMQ],
  "in two processes, over RabbitMQ": [["greeter", ...OVER_RABBITMQ], ["listener", ...OVER_RABBITMQ]],
};

/** What it leaves at the broker. */
export const queues: string[] = ["gemstone.q.listener/said_hello", "gemstone.dlq.listener"];

/** Calls the one service and looks at what the other prints. */
export async function check(example: Example): Promise<void> {
  const { methods } = new RemoteService<Greeter>(`${example.url}/api`);

  assertEquals(await methods.say_hello("world"), "hello world");
  assertEquals(await methods.say_hello({ name: "ann" }), "hello ann");

  await example.printed(/^listener: said_hello to world$/m);
  await example.printed(/^listener: said_hello to ann$/m);
}
