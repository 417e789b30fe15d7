/** A service whose broker is down when it starts. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  BrokerUnavailableError,
  EmitTimeoutError,
  eventHandler,
  exposedMethod,
  MicroService,
} from "@gemstone/gemstone";
import { RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";
import { AMQP_URL } from "../support/broker.ts";
import { FaultProxy } from "../support/fault_proxy.ts";
import { createGate } from "../support/gate.ts";
import { withChannel } from "../support/raw_amqp.ts";
import { createMemoryLogger } from "../support/service.ts";
import { withProgram } from "../support/spawn_service.ts";
import { findFreePort } from "../support/tcp_port.ts";

Deno.test("start() fails when the broker stays away, and says where it was looked for", async () => {
  const port = await findFreePort();
  class Service extends MicroService {
    override name = "broker_down";
    override port = 0;
    override skipConfiguration = true;
    override eventTransports = [
      new RabbitMqEventTransport(`amqp://guest:s3cret@127.0.0.1:${port}`, {
        connection: { connectRetries: 2, minBackoffMs: 10, maxBackoffMs: 20 },
      }),
    ];
    override getLogger() {
      return createMemoryLogger();
    }
  }
  const service = new Service();

  const error = await assertRejects(() => service.start(), BrokerUnavailableError);

  assert(error.message.includes(`127.0.0.1:${port}`), error.message);
  assert(error.message.includes("3 attempts"), error.message);
  assert(!error.message.includes("s3cret"), error.message);
});

const PROGRAM = (port: number, options: string): string => `
  import { MicroService } from "@gemstone/gemstone";
  import { RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";
  class Service extends MicroService {
    name = "broker_down";
    port = 0;
    eventTransports = [new RabbitMqEventTransport("amqp://guest:s3cret@127.0.0.1:${port}", ${options})];
  }
  await new Service().start();
`;

Deno.test("a process whose broker stays away ends with one line and exit code 1", async () => {
  const port = await findFreePort();
  const options = "{ connection: { connectRetries: 1, minBackoffMs: 10 } }";

  await withProgram(PROGRAM(port, options), async (program) => {
    assertEquals((await program.ended).code, 1);

    const lines = program.stderr.trim().split("\n").filter((line) => line.startsWith("error: "));
    assertEquals(lines.length, 1, program.stderr);
    assert(lines[0]!.includes(`Cannot use the broker at amqp://guest@127.0.0.1:${port}`), program.stderr);
    assert(!/^\s+at /m.test(program.stderr), program.stderr);
    assert(!program.stderr.includes("s3cret"), program.stderr);
  });
});

Deno.test("a process that waits for its broker ends by itself after SIGTERM", async () => {
  const port = await findFreePort();
  const options = "{ connection: { connectRetries: 1000, minBackoffMs: 10_000 } }";

  await withProgram(PROGRAM(port, options), async (program) => {
    await program.waitFor(/publish connection/);
    program.kill("SIGTERM");

    assertEquals((await program.ended).signal, null);
  });
});

Deno.test("a process that does not wait for its broker answers calls, and ends after SIGTERM", async () => {
  const port = await findFreePort();

  await withProgram(PROGRAM(port, "{ waitForBroker: false }"), async (program) => {
    const url = `http://127.0.0.1:${await program.port()}/api`;
    const headers = { "content-type": "application/json" };
    const response = await fetch(url, {
      method: "POST",
      headers,
      body: '{"jsonrpc":"2.0","id":1,"method":"x"}',
    });
    assertEquals((await response.json()).error.code, -32601);
    program.kill("SIGTERM");

    assertEquals(await program.ended, { code: 0, signal: null });
  });
});

Deno.test({
  name: "a service that does not wait for its broker buffers events, and connects later",
  ignore: AMQP_URL === undefined,
  async fn() {
    const proxy = await FaultProxy.start(Number(new URL(AMQP_URL!).port || 5672));
    proxy.admission = "reset";
    const url = new URL(AMQP_URL!);
    url.port = String(proxy.port);
    const namespace = `test-${crypto.randomUUID().slice(0, 8)}`;
    const handled = createGate<number>();
    class Service extends MicroService {
      override name = "late";
      override port = 0;
      override skipConfiguration = true;
      override eventTransports = [
        new RabbitMqEventTransport(url, {
          namespace,
          waitForBroker: false,
          retryDelaysMs: [1000],
          connection: { minBackoffMs: 20, maxBackoffMs: 50 },
        }),
      ];
      override getLogger() {
        return createMemoryLogger();
      }
      @exposedMethod()
      add(a: number, b: number): number {
        return a + b;
      }
      @eventHandler("late")
      onLate(body: number): void {
        handled.resolve(body);
      }
    }
    const service = new Service();
    try {
      await service.start();
      const error = await assertRejects(
        () => service.emitEvent("late", 1, { timeoutMs: 50 }),
        EmitTimeoutError,
      );
      assertEquals(error.outcome, "not-sent");
      const headers = { "content-type": "application/json" };
      const body = '{"jsonrpc":"2.0","id":1,"method":"add","params":[1,2]}';
      const response = await fetch(service.url, { method: "POST", headers, body });
      assertEquals((await response.json()).result, 3);

      // While there is no broker nobody knows who handles what, so this one is for everybody who is there by then.
      const emitted = service.emitEvent("other", 2);
      proxy.heal();
      assertEquals((await emitted).confirmed, true);
      while (service.eventTransports[0]!.health().state !== "up") {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await service.emitEvent("late", 3, { broadcast: false });
      assertEquals(await handled.promise, 3);
    } finally {
      await service.stop();
      await proxy[Symbol.asyncDispose]();
      await withChannel(AMQP_URL!, async (channel) => {
        for (const queue of ["q.late/late", "dlq.late", "retry.1000", "retry.transient.1000"]) {
          await channel.deleteQueue(`${namespace}.${queue}`);
        }
        for (const name of ["events", "broadcast", "dlx", "requeue", "retry.1000", "retry.transient.1000"]) {
          await channel.deleteExchange(`${namespace}.${name}`);
        }
      });
    }
  },
});
