/** What is settled just before a channel closes: RabbitMQ forgets what its quorum queues have not heard of by then. */
import { assertEquals } from "@std/assert";
import { createGate } from "../../support/gate.ts";
import { inspectQueue } from "../../support/raw_amqp.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { createConsumer, subscribe } from "./consumer_bench.ts";
import { openOffice, waitForDead } from "./dead_letter_fixture.ts";
import { brokerTest } from "./transport_fixture.ts";

const MANY = 200;
const numbers = Array.from({ length: MANY }, (_, number) => number);

brokerTest("RabbitMqEventTransport.stop() settles what ends all at once", async (space) => {
  const gate = createGate();
  const transport = await space.start("a");
  await transport.handle(() => gate.promise, { prefetch: MANY, concurrency: MANY });
  await Promise.all(numbers.map((number) => transport.emit(number)));
  await waitUntil("all run", () => transport.received.length === MANY);

  const stopped = transport.stop();
  gate.resolve();
  const report = await stopped;

  assertEquals(report, { drained: true, unfinishedHandlers: 0, unsentEvents: 0 });
  await expectEmpty(space.url, transport.topology.groupQueue("a", space.event));
});

brokerTest("RabbitMqEventTransport.stop() leaves what comes meanwhile to other instances", async (space) => {
  const [emitter, first, second] = await Promise.all([space.start("b"), space.start("a"), space.start("a")]);
  await first!.handle(() => {}, { prefetch: MANY });
  await Promise.all(numbers.map((number) => emitter!.emit(number)));
  await waitUntil("all are handled", () => first!.received.length === MANY);

  const emits = numbers.map((number) => emitter!.emit(MANY + number));
  await Promise.all([first!.stop(), ...emits]);
  await second!.handle();

  const handled = (): number => first!.received.length + second!.received.length;
  await waitUntil("all are handled", () => handled() >= 2 * MANY);
  await second!.stop();
  const bodies = [...first!.received, ...second!.received].map(({ body }) => body as number);
  assertEquals(bodies.sort((a, b) => a - b), Array.from({ length: 2 * MANY }, (_, number) => number));
});

brokerTest("DeadLetterOffice.redrive() removes each of many", async (space) => {
  let isWell = false;
  await using office = await openOffice(space, () => {
    if (!isWell) throw new Error("no stock");
  }, { maxAttempts: 1, prefetch: MANY });
  await Promise.all(numbers.map((number) => office.service.emit(number)));
  await waitForDead(space, office, MANY);

  isWell = true;
  const count = await office.letters.redrive("all");

  assertEquals(count, MANY);
  await waitUntil("all have come again", () => office.service.received.length === 2 * MANY);
  await expectEmpty(space.url, office.queue);
});

for (
  const [count, wanted] of [
    [32, []],
    [33, ["prefetch 1", "consume q", "cancel"]],
  ] as [number, string[]][]
) {
  Deno.test(`QueueConsumer.flush() after ${count} deliveries calls for ${wanted.length} answers`, async () => {
    using bench = createConsumer([subscribe("order_paid", () => {})]);
    const { channel } = await bench.connect("q");
    for (let number = 0; number < count; number++) channel.deliver();
    await bench.consumer.pause();
    const before = channel.calls.filter((call) => !call.startsWith("ack"));

    await bench.consumer.flush();

    const after = channel.calls.filter((call) => !call.startsWith("ack")).slice(before.length);
    assertEquals(after.map((call) => call.replace(/^cancel .*/, "cancel")), wanted);
    assertEquals(channel.consumers, 0);
  });
}

/** Fails when something comes back to a queue that has no consumer. */
async function expectEmpty(url: string, queue: string): Promise<void> {
  // The answer waits for the end of the channel that was closed: at once it would say what it was before.
  await waitUntil("the consumer has gone", async () => (await inspectQueue(url, queue)).consumers === 0);
  assertEquals((await inspectQueue(url, queue)).messages, 0);
}
