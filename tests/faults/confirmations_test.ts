/** R19: a server that confirms in ways that a real one can not be made to. */
import { assert, assertEquals, assertGreaterOrEqual, assertRejects } from "@std/assert";
import { EmitTimeoutError } from "@gemstone/gemstone";
import { createEvent } from "@gemstone/gemstone/events";
import { RabbitMqEventTransport, type RabbitMqOptions } from "@gemstone/gemstone/rabbitmq";
import { toUrl } from "../support/broker.ts";
import { FakeAmqpServer, type FakePublish } from "../support/fake_amqp_server.ts";
import { reportFault, sized } from "../support/fault_run.ts";
import { createMemoryLogger } from "../support/service.ts";
import { pause, waitUntil, within } from "../support/wait_until.ts";

interface Emitting {
  readonly server: FakeAmqpServer;
  readonly transport: RabbitMqEventTransport;
  /** The ids whose `emit` has resolved, in that order. */
  readonly resolved: string[];
  emit(id: string, options?: { timeoutMs?: number; requireRoute?: boolean }): Promise<Settled>;
}

interface Settled {
  readonly routed: boolean | undefined;
  readonly attempts: number;
}

/** Runs a test with a transport that is connected to a server that behaves like this. */
async function withServer(
  behaviour: string,
  test: (emitting: Emitting) => Promise<void>,
  onPublish: (message: FakePublish) => void = () => {},
  options: RabbitMqOptions = {},
): Promise<void> {
  await using server = await FakeAmqpServer.start({ onPublish });
  const connection = { minBackoffMs: 1, maxBackoffMs: 5 };
  const transport = new RabbitMqEventTransport(toUrl(server.port), { connection, ...options });
  const resolved: string[] = [];
  try {
    await transport.start({ service: "emitters", instanceId: "1", logger: createMemoryLogger() });
    const emit: Emitting["emit"] = async (id, { timeoutMs, requireRoute = false } = {}) => {
      const event = createEvent("numbered", id, { id, broadcast: false });
      const receipt = await transport.emit(event, {
        confirm: true,
        requireRoute,
        timeoutMs,
        signal: undefined,
      });
      resolved.push(id);
      return receipt;
    };
    await within(60_000, "the test ends", test({ server, transport, resolved, emit }));
    reportFault({ bar: "R19", fault: `server ${behaviour}`, lost: 0 });
  } finally {
    await transport.stop({ drainMs: 0 });
  }
}

Deno.test("R19: emit() resolves for the event that is confirmed, when they are confirmed out of order", () => {
  return withServer("confirms out of order", async ({ server, resolved, emit }) => {
    const emits = ["a", "b", "c"].map((id) => emit(id));
    await waitUntil("all are sent", () => server.publishes.length === 3);

    for (const message of [...server.publishes].reverse()) {
      message.connection.ack(message.channel, message.tag);
      await waitUntil("it resolves", () => resolved.includes(message.messageId!));
    }
    await Promise.all(emits);

    assertEquals(resolved, ["c", "b", "a"]);
  });
});

Deno.test("R19: emit() resolves for all events up to the one that is confirmed with `multiple`", () => {
  return withServer("confirms many at once", async ({ server, resolved, emit }) => {
    const emits = ["a", "b", "c", "d"].map((id) => emit(id));
    await waitUntil("all are sent", () => server.publishes.length === 4);
    const [, , third, fourth] = server.publishes;

    third!.connection.ack(third!.channel, third!.tag, true);
    await Promise.all(emits.slice(0, 3));
    const before = [...resolved];
    fourth!.connection.ack(fourth!.channel, fourth!.tag);
    await emits[3];

    assertEquals(before, ["a", "b", "c"]);
  });
});

Deno.test("R19: emit() rejects with outcome unknown, and only then, when no confirmation comes", () => {
  return withServer("never confirms one event", async ({ server, resolved, emit }) => {
    const never = emit("never", { timeoutMs: 300 });
    const other = emit("other");
    await waitUntil("both are sent", () => server.publishes.length === 2);
    const message = server.publishes.find(({ messageId }) => messageId === "other")!;
    message.connection.ack(message.channel, message.tag);
    await other;

    const error = await assertRejects(() => never, EmitTimeoutError);

    assertEquals([error.outcome, resolved], ["unknown", ["other"]]);
    // A confirmation that comes after all changes nothing.
    const late = server.publishes.find(({ messageId }) => messageId === "never")!;
    late.connection.ack(late.channel, late.tag);
    const next = emit("next");
    await waitUntil("the next is sent", () => server.publishes.length === 3);
    server.publishes[2]!.connection.ack(server.publishes[2]!.channel, server.publishes[2]!.tag);
    assertEquals((await next).attempts, 1);
  });
});

Deno.test("R19: emit() tells the events that come back from those that do not, however late", () => {
  return withServer("returns an event late", async ({ server, emit }) => {
    const emits = ["a", "b", "c"].map((id) => emit(id));
    await waitUntil("all are sent", () => server.publishes.length === 3);
    const [first, second, third] = server.publishes as [FakePublish, FakePublish, FakePublish];
    await pause(sized(100, 3000));

    second.connection.return(second);
    second.connection.ack(third.channel, third.tag, true);
    const receipts = await Promise.all(emits);

    assert(first.mandatory);
    assertEquals(receipts.map(({ routed }) => routed), [true, false, true]);
  });
});

Deno.test("R19: emit() sends again, with the same id, what was not confirmed when a frame is cut", () => {
  const seen: string[] = [];
  return withServer("cuts a frame and hangs up", async ({ resolved, emit }) => {
    const receipts = await Promise.all(["a", "b", "c", "d"].map((id) => emit(id)));

    assertEquals(resolved.toSorted(), ["a", "b", "c", "d"]);
    assertEquals(seen.slice(4), ["b", "c", "d"]);
    assertEquals(receipts.map(({ attempts }) => attempts), [1, 2, 2, 2]);
  }, ({ messageId, connection, channel, tag }) => {
    seen.push(messageId!);
    if (seen.length > 4) return connection.ack(channel, tag);
    if (seen.length < 4) return;
    connection.ack(channel, 1);
    // The first bytes of an acknowledgement, and the end.
    connection.write(new Uint8Array([1, 0, channel, 0, 0, 0, 13, 0]));
    connection.end();
  });
});

Deno.test("R19: emit() sends again what was refused, and resolves when it is taken", () => {
  let refusals = 2;
  return withServer("refuses an event twice", async ({ emit }) => {
    const { attempts } = await emit("a");

    assertEquals(attempts, 3);
  }, ({ connection, channel, tag }) => {
    if (refusals-- > 0) connection.nack(channel, tag);
    else connection.ack(channel, tag);
  });
});

Deno.test("R19: emit() is sent again after the channel is closed by the server", () => {
  let closings = 1;
  return withServer("closes the channel", async ({ server, emit }) => {
    const { attempts } = await emit("a");

    assertEquals([attempts, server.publishes.length], [2, 2]);
  }, ({ connection, channel, tag }) => {
    if (closings-- > 0) connection.closeChannel(channel, 404, "NOT_FOUND - no exchange");
    else connection.ack(channel, tag);
  });
});

Deno.test("R19: a connection on which nothing is confirmed any more is given up by the watchdog", () => {
  const confirmWatchdogMs = sized(400, 15_000);
  let isSilent = true;
  return withServer("confirms nothing any more", async ({ server, emit }) => {
    const before = server.accepted;
    const started = performance.now();
    const { attempts } = await emit("a");
    const tookMs = performance.now() - started;

    assert(server.accepted > before, "it is the old connection");
    assertEquals(attempts, 2);
    assertGreaterOrEqual(tookMs, confirmWatchdogMs * 0.9);
  }, ({ connection, channel, tag }) => {
    if (!isSilent) connection.ack(channel, tag);
    isSilent = false;
  }, { publishing: { confirmWatchdogMs } });
});
