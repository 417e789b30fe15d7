/** R24: broadcasts, and an instance that is away for a while. */
import { assert, assertEquals } from "@std/assert";
import type { RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";
import { hasPrivateBroker } from "../support/broker.ts";
import { emitNumber, type FaultRun, sized, withBroker } from "../support/fault_run.ts";
import { FaultProxy } from "../support/fault_proxy.ts";
import { withChannel } from "../support/raw_amqp.ts";
import { waitUntil } from "../support/wait_until.ts";

const PART = sized(200, 2000);

interface Instance {
  readonly transport: RabbitMqEventTransport;
  readonly handled: number[];
}

async function startInstances(run: FaultRun, proxy: FaultProxy, areDurable: boolean): Promise<Instance[]> {
  return await Promise.all(Array.from({ length: 5 }, async (_, index) => {
    const handled: number[] = [];
    const durable = areDurable ? { durableBroadcast: `instance-${index}` } : {};
    const transport = await run.started(durable, index === 4 ? proxy.port : undefined);
    await transport.subscribe([run.subscription((number) => void handled.push(number))]);
    return { transport, handled };
  }));
}

async function broadcast(emitter: RabbitMqEventTransport, run: FaultRun, from: number): Promise<void> {
  const numbers = Array.from({ length: PART }, (_, index) => from + index);
  await Promise.all(numbers.map((n) => emitNumber(emitter, run.event, n, { broadcast: true })));
}

for (const areDurable of [false, true]) {
  const kind = areDurable ? "durable" : "plain";
  Deno.test({
    name: `R24: a ${kind} broadcast reaches each instance, also one that reconnects`,
    ignore: !hasPrivateBroker(),
    fn: () =>
      withBroker(60_000, async (run) => {
        await using proxy = await FaultProxy.start(run.broker.port);
        const instances = await startInstances(run, proxy, areDurable);
        const emitter = await run.started();
        const fifth = instances[4]!;
        const states: string[] = [];
        fifth.transport.onStatus(({ state }) => states.push(state));
        try {
          await broadcast(emitter, run, 0);
          await waitUntil("all have the first part", () =>
            instances.every(({ handled }) => handled.length === PART));
          proxy.refuse();
          proxy.resetAll();
          await waitUntil("the fifth notices", () =>
            fifth.transport.health().state !== "up");
          await broadcast(emitter, run, PART);
          await proxy.listen();
          await waitUntil("the fifth is back", () => fifth.transport.health().state === "up");
          await broadcast(emitter, run, 2 * PART);

          const expected = areDurable ? 3 * PART : 2 * PART;
          const sum = (numbers: readonly number[]): number => new Set(numbers).size;
          await waitUntil("the four have all", () =>
            instances.slice(0, 4).every(({ handled }) =>
              sum(handled) === 3 * PART
            ));
          await waitUntil("the fifth has what it is to have", () => sum(fifth.handled) >= expected);

          run.report({
            bar: "R24",
            fault: `${kind} broadcast to 5 instances, one away for a third`,
            events: 3 * PART,
            lost: 3 * PART - sum(instances[0]!.handled),
            duplicates: instances.reduce((all, { handled }) => all + handled.length - sum(handled), 0),
            note: `the fifth got ${sum(fifth.handled)}`,
          });
          assertEquals(sum(fifth.handled), expected);
          assert(states.includes("down"), "the gap was not reported");
          for (const { handled } of instances) assertEquals(handled.length, sum(handled));
        } finally {
          await withChannel(run.broker.url, async (channel) => {
            for (let index = 0; index < 5; index++) {
              await channel.deleteQueue(`${run.namespace}.b.${run.service}/instance-${index}`);
            }
          });
        }
      }),
  });
}
