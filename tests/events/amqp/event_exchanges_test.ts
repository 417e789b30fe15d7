/** Exchanges of which each event has its own. */
import { assertEquals, assertRejects } from "@std/assert";
import type { AmqpChannel, AmqpChannelListener, AmqpConnection } from "../../../src/events/amqp/driver.ts";
import { EventExchanges } from "../../../src/events/amqp/event_exchanges.ts";
import type { Declaration } from "../../../src/events/amqp/topology.ts";
import { createGate } from "../../support/gate.ts";
import { createMemoryLogger } from "../../support/service.ts";

/** A connection on which exchanges are declared. */
class FakeBroker {
  /** The exchanges that were declared, in order. */
  readonly declared: string[] = [];
  /** How many channels were opened and not closed. */
  open = 0;
  /** What a declaration waits for or fails with. */
  onDeclare: (name: string) => Promise<void> = () => Promise.resolve();

  get connection(): AmqpConnection {
    return {
      createChannel: (_listener: AmqpChannelListener) => this.#createChannel(),
    } as unknown as AmqpConnection;
  }

  #createChannel(): Promise<AmqpChannel> {
    this.open++;
    const channel = {
      assertExchange: async (name: string) => {
        this.declared.push(name);
        await this.onDeclare(name);
      },
      close: () => {
        this.open--;
        return Promise.resolve();
      },
    };
    return Promise.resolve(channel as unknown as AmqpChannel);
  }
}

function declaration(name: string): Declaration {
  return { kind: "exchange", name, type: "fanout", options: { durable: false } };
}

function ensure(exchanges: EventExchanges, name: string): Promise<void> | undefined {
  return exchanges.ensure(name, () => declaration(name));
}

const REFUSAL = Object.assign(new Error("406 PRECONDITION_FAILED"), { code: 406 });

Deno.test("EventExchanges.ensure() declares each name once", async () => {
  const broker = new FakeBroker();
  const exchanges = new EventExchanges(10, createMemoryLogger());
  await exchanges.attach(broker.connection);

  const first = [ensure(exchanges, "a"), ensure(exchanges, "a")];
  await Promise.all(first);

  assertEquals(first.map((promise) => promise instanceof Promise), [true, true]);
  assertEquals(ensure(exchanges, "a"), undefined);
  assertEquals([broker.declared, broker.open], [["a"], 0]);
});

Deno.test("EventExchanges.attach() declares what was used before, also what comes while it does so", async () => {
  const broker = new FakeBroker();
  const exchanges = new EventExchanges(10, createMemoryLogger());
  assertEquals([ensure(exchanges, "a"), ensure(exchanges, "b")], [undefined, undefined]);
  broker.onDeclare = (name) => {
    if (name === "a") {
      assertEquals(ensure(exchanges, "c"), undefined);
      assertEquals(ensure(exchanges, "a"), undefined);
    }
    return Promise.resolve();
  };

  await exchanges.attach(broker.connection);

  assertEquals([broker.declared, broker.open], [["a", "b", "c"], 0]);
});

Deno.test("EventExchanges.attach() goes on after an exchange that is in the way", async () => {
  const broker = new FakeBroker();
  const logger = createMemoryLogger();
  const exchanges = new EventExchanges(10, logger);
  for (const name of ["a", "b", "c"]) void ensure(exchanges, name);
  broker.onDeclare = (name) => name === "b" ? Promise.reject(REFUSAL) : Promise.resolve();

  await exchanges.attach(broker.connection);

  assertEquals(broker.declared, ["a", "b", "c"]);
  assertEquals(ensure(exchanges, "b"), undefined);
});

Deno.test("EventExchanges.attach() rejects when the connection is lost", async () => {
  const exchanges = new EventExchanges(10, createMemoryLogger());
  void ensure(exchanges, "a");
  const connection = {
    createChannel: () => Promise.reject(new Error("ECONNRESET")),
  } as unknown as AmqpConnection;

  await assertRejects(() => exchanges.attach(connection), Error, "ECONNRESET");
});

Deno.test("EventExchanges.ensure() never rejects, and nothing of an old connection counts", async () => {
  const [first, second] = [new FakeBroker(), new FakeBroker()];
  const exchanges = new EventExchanges(10, createMemoryLogger());
  await exchanges.attach(first.connection);
  const gate = createGate();
  first.onDeclare = () => gate.promise.then(() => Promise.reject(new Error("Channel ended")));

  const pending = ensure(exchanges, "a");
  exchanges.detach();
  gate.resolve();
  await pending;
  await exchanges.attach(second.connection);

  assertEquals(second.declared, ["a"]);
  assertEquals(ensure(exchanges, "a"), undefined);
});

Deno.test("EventExchanges.attach() that the loss of its connection ends does not count", async () => {
  const [first, second] = [new FakeBroker(), new FakeBroker()];
  const exchanges = new EventExchanges(10, createMemoryLogger());
  void ensure(exchanges, "a");
  first.onDeclare = () => {
    exchanges.detach();
    return Promise.reject(new Error("Channel ended"));
  };

  await exchanges.attach(first.connection).catch(() => {});
  await exchanges.attach(second.connection);

  assertEquals(second.declared, ["a"]);
});

Deno.test("EventExchanges remembers no more than it may, the least recently used go first", async () => {
  const broker = new FakeBroker();
  const exchanges = new EventExchanges(2, createMemoryLogger());
  for (const name of ["a", "b", "a", "c"]) void ensure(exchanges, name);

  await exchanges.attach(broker.connection);
  for (let n = 0; n < 1000; n++) await ensure(exchanges, `n${n}`);
  exchanges.detach();
  broker.declared.length = 0;
  await exchanges.attach(broker.connection);

  assertEquals(broker.declared, ["n998", "n999"]);
});
