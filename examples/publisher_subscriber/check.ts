import { assertEquals, assertGreater } from "@std/assert";
import { RemoteService } from "@gemstone/gemstone/client";
import type { Publisher } from "./publisher.ts";

interface Example {
  readonly url: string;
  output(): string;
  printed(pattern: RegExp): Promise<void>;
}

const OVER_RABBITMQ = ["--amqp", "$AMQP_URL"];
const ITEMS: readonly string[] = Array.from({ length: 20 }, (_, index) => `item ${index + 1}`);

/** The command lines of its processes, for each way to run it. */
export const runs: Record<string, string[][]> = {
  "in one process": [[]],
  "in one process, over RabbitMQ": [OVER_RABBITMQ],
  "in four processes, over RabbitMQ": [
    ["publisher", ...OVER_RABBITMQ],
    ["worker", ...OVER_RABBITMQ, "--label", "worker 1"],
    ["worker", ...OVER_RABBITMQ, "--label", "worker 2"],
    ["bookkeeper", ...OVER_RABBITMQ],
  ],
};

/** What it leaves at the broker. */
export const queues: string[] = ["worker", "bookkeeper"].flatMap((service) => [
  `gemstone.q.${service}/announcement`,
  `gemstone.q.${service}/order`,
  `gemstone.dlq.${service}`,
]);

/** Announces once and orders often, and looks at who prints what. */
export async function check(example: Example): Promise<void> {
  const { methods } = new RemoteService<Publisher>(`${example.url}/api`);

  await methods.announce("we are open");
  for (const item of ITEMS) assertEquals(await methods.order(item), true);

  for (const service of ["worker 1", "worker 2", "bookkeeper"]) {
    await example.printed(new RegExp(`^${service} hears: we are open$`, "m"));
  }
  for (const item of ITEMS) {
    await example.printed(new RegExp(`^bookkeeper books: ${item}$`, "m"));
    await example.printed(new RegExp(`^worker [12] makes: ${item}$`, "m"));
  }
  const made = [...example.output().matchAll(/^(worker [12]) makes: (.*)$/gm)];
  assertEquals(made.map(([, , item]) => item).sort(), [...ITEMS].sort());
  for (const worker of ["worker 1", "worker 2"]) {
    assertGreater(made.filter(([, label]) => label === worker).length, 0);
  }
}
