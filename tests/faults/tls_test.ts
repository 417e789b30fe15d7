/** R25: TLS with an authority of our own. */
import { assertEquals, assertNotMatch, assertRejects } from "@std/assert";
import { BrokerUnavailableError } from "@gemstone/gemstone";
import { RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";
import { hasPrivateBroker } from "../support/broker.ts";
import { CertificateAuthority } from "../support/certificate.ts";
import { emitNumber, type FaultRun, withBroker } from "../support/fault_run.ts";
import { waitUntil } from "../support/wait_until.ts";

/** The certificate of the broker is for `localhost`. */
function createTransport(run: FaultRun, ca: string | undefined, servername: string): RabbitMqEventTransport {
  const url = `amqps://guest:guest@127.0.0.1:${run.broker.tls.port}`;
  return new RabbitMqEventTransport(url, run.options({ connection: { tls: { ca, servername } } }));
}

Deno.test({
  name: "R25: events travel over TLS when the authority is trusted and the name fits",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(30_000, async (run) => {
      const transport = createTransport(run, run.broker.tls.ca, "localhost");
      try {
        await run.start(transport);
        const handled: number[] = [];
        await transport.subscribe([run.subscription((number) => void handled.push(number))]);

        await emitNumber(transport, run.event, 1);
        await waitUntil("the event is handled", () => handled.length === 1);

        run.report({ bar: "R25", fault: "TLS with an authority of our own", events: 1, lost: 0 });
      } finally {
        await transport.stop({ drainMs: 1000 });
      }
    }),
});

const DISTRUST: readonly [name: string, ca: (run: FaultRun) => string | undefined, servername: string][] = [
  ["another authority", () => new CertificateAuthority("Somebody else").cert, "localhost"],
  ["no authority", () => undefined, "localhost"],
  ["another name", (run) => run.broker.tls.ca, "broker.example"],
];

for (const [name, ca, servername] of DISTRUST) {
  Deno.test({
    name: `R25: start() rejects at once, without another try, with ${name}`,
    ignore: !hasPrivateBroker(),
    fn: () =>
      withBroker(30_000, async (run) => {
        const transport = createTransport(run, ca(run), servername);
        const started = performance.now();

        const error = await assertRejects(() => run.start(transport), BrokerUnavailableError);

        const tookMs = Math.round(performance.now() - started);
        await transport.stop({ drainMs: 0 });
        run.report({ bar: "R25", fault: `TLS, ${name}`, note: `rejects after ${tookMs} ms` });
        assertNotMatch(error.message, /guest:guest|\n|attempts/);
        assertEquals(transport.health().state, "down");
      }),
  });
}
