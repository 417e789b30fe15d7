/** R5, R6, R7: connecting fails, connections are cut again and again, and in the middle of being set up. */
import { assert, assertEquals, assertLessOrEqual, assertNotMatch, assertRejects } from "@std/assert";
import { BrokerUnavailableError } from "@gemstone/gemstone";
import { RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";
import { hasPrivateBroker } from "../support/broker.ts";
import { Ledger } from "../support/event_ledger.ts";
import { emitNumber, sized, withBroker } from "../support/fault_run.ts";
import { FaultProxy } from "../support/fault_proxy.ts";
import { inspectQueue } from "../support/raw_amqp.ts";
import { pause, waitUntil } from "../support/wait_until.ts";

interface Refusal {
  readonly name: string;
  readonly password?: string;
  /** How often the proxy is asked with `connectRetries` 2. */
  readonly attempts: number;
  set(proxy: FaultProxy): void;
}

const REFUSALS: readonly Refusal[] = [
  { name: "a black hole", attempts: 3, set: (proxy) => proxy.admission = "hole" },
  { name: "a reset on accept", attempts: 3, set: (proxy) => proxy.admission = "reset" },
  { name: "a refused port", attempts: 0, set: (proxy) => proxy.refuse() },
  { name: "a wrong password", password: "geheim", attempts: 1, set: () => {} },
];

for (const { name, password = "guest", attempts, set } of REFUSALS) {
  Deno.test({
    name: `R5: start() gives up within its budget at ${name}`,
    ignore: !hasPrivateBroker(),
    fn: () =>
      withBroker(30_000, async (run) => {
        const connectTimeoutMs = sized(500, 5000);
        await using proxy = await FaultProxy.start(run.broker.port);
        set(proxy);
        const transport = new RabbitMqEventTransport(
          `amqp://guest:${password}@127.0.0.1:${proxy.port}`,
          run.options({
            connection: { connectTimeoutMs, connectRetries: 2, minBackoffMs: 10, maxBackoffMs: 20 },
          }),
        );
        const started = performance.now();

        const error = await assertRejects(() => run.start(transport), BrokerUnavailableError);

        const tookMs = performance.now() - started;
        const perAttemptMs = tookMs / 3;
        assertLessOrEqual(perAttemptMs, connectTimeoutMs + sized(3000, 500));
        // Two connections may be tried at once.
        assert(proxy.arrivals.length <= 2 * attempts, `${proxy.arrivals.length} attempts`);
        assertNotMatch(error.message, /geheim|guest:guest|\n/);
        assertEquals(transport.health().state, "down");
        await transport.stop({ drainMs: 0 });
        run.report({ bar: "R5", fault: `start at ${name}`, note: `rejects after ${Math.round(tookMs)} ms` });
      }),
  });
}

Deno.test({
  name: "R6: resets in quick succession lose no group event and leave one consumer",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(60_000, async (run) => {
      const resets = sized(5, 60);
      await using proxy = await FaultProxy.start(run.broker.port);
      const transport = await run.started({ publishing: { timeoutMs: 120_000 } }, proxy.port);
      const handled: number[] = [];
      await transport.subscribe([run.subscription((number) => void handled.push(number))]);
      const emits: Promise<unknown>[] = [];
      // Less than the buffer takes, however slow the machine is.
      const timer = setInterval(() => {
        if (transport.stats().pending < 5000) emits.push(emitNumber(transport, run.event, emits.length));
      }, 1);

      for (let reset = 0; reset < resets; reset++) {
        const before = handled.length;
        await waitUntil("100 more events are handled", () => handled.length >= before + 100);
        await pause(sized(0, 800));
        proxy.resetAll();
      }
      clearInterval(timer);
      await Promise.all(emits);
      await waitUntil("all is handled", () => new Ledger(handled).distinct === emits.length);

      await waitUntil("it is up again", () => transport.health().state === "up");
      // The broker counts a moment later.
      await waitUntil(
        "there is one consumer",
        async () => (await inspectQueue(run.broker.url, run.queue())).consumers === 1,
      );
      const { duplicates } = new Ledger(handled);
      run.report({
        bar: "R6",
        fault: `${resets} resets in quick succession`,
        events: emits.length,
        lost: 0,
        duplicates,
        note: `${proxy.arrivals.length} connections in all`,
      });
      // Two at the start, and two for each reset, of which one may fail when resets are close to each other.
      assertLessOrEqual(proxy.arrivals.length, 2 + 4 * resets);
    }),
});

Deno.test({
  name: "R7: a reset at any point of setting up is survived",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(100_000, async (run) => {
      const rounds = sized(12, 50);
      await using proxy = await FaultProxy.start(run.broker.port);
      const setUp = async (handled: number[]) => {
        const transport = run.transport({ connection: { minBackoffMs: 10, maxBackoffMs: 50 } }, proxy.port);
        await run.start(transport);
        await transport.subscribe([run.subscription((number) => void handled.push(number))]);
        return transport;
      };
      const first = await setUp([]);
      const bytes = proxy.bytesUp + proxy.bytesDown;
      await first.stop({ drainMs: 1000 });

      for (let round = 0; round < rounds; round++) {
        const handled: number[] = [];
        const at = Math.floor(bytes * (round + Math.random()) / rounds);
        proxy.resetAtByte(at);
        const transport = await setUp(handled);
        await emitNumber(transport, run.event, round);
        await waitUntil(`the event after a reset at byte ${at} is handled`, () => handled.includes(round));
        await transport.stop({ drainMs: 1000 });
      }

      run.report({
        bar: "R7",
        fault: `${rounds} resets at points all over setting up`,
        events: rounds,
        lost: 0,
      });
    }),
});
