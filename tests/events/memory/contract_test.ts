import { MemoryEventBroker, MemoryEventTransport } from "@gemstone/gemstone/events";
import { createEventTransportContract } from "@gemstone/gemstone/testing";

const broker = new MemoryEventBroker();
const cases = createEventTransportContract({
  createTransport: () => new MemoryEventTransport({ broker, retryDelaysMs: [5, 10] }),
  deadLetters: (service) => broker.deadLetters(service),
});

for (const { name, skipped, run } of cases) {
  Deno.test({ name: `MemoryEventTransport: ${name}`, ignore: skipped !== undefined, fn: run });
}
