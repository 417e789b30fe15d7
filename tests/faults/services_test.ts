/** Whole services: their broker is away at the start, or goes away; calls are answered all the time. */
import { assert, assertEquals, assertLessOrEqual, assertRejects } from "@std/assert";
import {
  BrokerUnavailableError,
  eventHandler,
  exposedMethod,
  type Logger,
  MicroService,
  RemoteService,
} from "@gemstone/gemstone";
import { hasPrivateBroker, toUrl } from "../support/broker.ts";
import { type FaultRun, sized, withBroker } from "../support/fault_run.ts";
import { FaultProxy } from "../support/fault_proxy.ts";
import { createMemoryLogger } from "../support/service.ts";
import { withExample } from "../support/spawn_service.ts";
import { waitUntil } from "../support/wait_until.ts";

class Shop extends MicroService {
  override name = "shop";
  override port = 0;
  override skipConfiguration = true;
  readonly memory = createMemoryLogger();

  override getLogger(): Logger {
    return this.memory;
  }

  @exposedMethod()
  async order(n: number): Promise<boolean> {
    const { confirmed } = await this.emitEvent("ordered", { n }, { broadcast: false });
    return confirmed;
  }

  @exposedMethod()
  ping(): string {
    return "pong";
  }
}

class Books extends MicroService {
  override name = "handlers";
  override port = 0;
  override skipConfiguration = true;
  readonly memory = createMemoryLogger();
  readonly booked: number[] = [];

  override getLogger(): Logger {
    return this.memory;
  }

  @eventHandler("ordered")
  book({ n }: { n: number }): void {
    this.booked.push(n);
  }
}

function createServices(run: FaultRun, port?: number, waitForBroker = true): { shop: Shop; books: Books } {
  run.subscription(() => {}, {}, "ordered");
  const [shop, books] = [new Shop(), new Books()];
  shop.eventTransports = [run.transport({ waitForBroker, publishing: { timeoutMs: 120_000 } }, port)];
  books.eventTransports = [run.transport({ waitForBroker }, port)];
  return { shop, books };
}

Deno.test({
  name: "a service emits and another one handles each event, though the broker is killed, and calls go on",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(90_000, async (run) => {
      const count = sized(500, 5000);
      const { shop, books } = createServices(run);
      await using _shop = shop;
      await using _books = books;
      await shop.start();
      await books.start();
      await run.broker.settle();
      const { methods } = new RemoteService<Shop>(shop.url, { timeoutMs: 120_000 });

      const orders = [];
      for (let n = 0; n < count / 2; n++) orders.push(methods.order(n));
      await Promise.all(orders);
      await run.broker.kill();
      for (let n = count / 2; n < count; n++) orders.push(methods.order(n));
      const answer = await methods.ping();
      await run.broker.start();
      const confirmed = await Promise.all(orders);
      await waitUntil("all is booked", () => new Set(books.booked).size === count);

      run.report({
        bar: "services",
        fault: "calls that emit, broker killed (SIGKILL)",
        events: count,
        lost: 0,
        duplicates: books.booked.length - count,
      });
      assertEquals([answer, confirmed.every(Boolean)], ["pong", true]);
    }),
});

Deno.test({
  name: "start() of a service whose broker is away fails with one line that says so",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(30_000, async (run) => {
      const shop = new Shop();
      await using proxy = await FaultProxy.start(run.broker.port);
      proxy.refuse();
      const connection = { connectRetries: 2, minBackoffMs: 10, maxBackoffMs: 20 };
      shop.eventTransports = [run.transport({ connection }, proxy.port)];

      const error = await assertRejects(() => shop.start(), BrokerUnavailableError);

      assert(
        error.message.includes(`127.0.0.1:${proxy.port}`) && !/guest:guest|\n/.test(error.message),
        error.message,
      );
    }),
});

Deno.test({
  name: "a service with `waitForBroker: false` starts without its broker, answers calls, and connects later",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(60_000, async (run) => {
      await using proxy = await FaultProxy.start(run.broker.port);
      proxy.refuse();
      const { shop, books } = createServices(run, proxy.port, false);
      await using _shop = shop;
      await using _books = books;
      await shop.start();
      await books.start();
      const { methods } = new RemoteService<Shop>(shop.url, { timeoutMs: 60_000 });

      const answer = await methods.ping();
      const early = methods.order(1);
      await proxy.listen();
      // Group events wait for a service only once it has declared its queue.
      await waitUntil("the handlers are connected", () => books.eventTransports[0]!.health().state === "up");
      const late = methods.order(2);

      assertEquals([answer, await early, await late], ["pong", true, true]);
      await waitUntil("the late one is booked", () => books.booked.includes(2));
    }),
});

Deno.test({
  name: "a process whose service handles events ends after SIGTERM, though its broker is a black hole",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(60_000, async (run) => {
      await using proxy = await FaultProxy.start(run.broker.port);
      const options = JSON.stringify(run.options());
      run.subscription(() => {});
      await withExample("tests/support/event_service", async (program) => {
        const port = await program.port();
        const emitter = new RemoteService(`http://127.0.0.1:${port}/api`);
        await emitter.callMethod("emit", [1]);
        await program.waitFor(/Handled 1/);
        proxy.blackHole();
        await emitter.callMethod("emit", [2]);

        const started = performance.now();
        program.kill("SIGTERM");
        const end = await program.ended;

        const tookMs = performance.now() - started;
        run.report({
          bar: "R16",
          fault: "SIGTERM of a service in a black hole",
          note: `ends in ${Math.round(tookMs)} ms`,
        });
        assertEquals(end, { code: 0, signal: null }, program.stderr);
        // One second to drain, and the two that a connection may take to close.
        assertLessOrEqual(tookMs, sized(10_000, 5000));
      }, [toUrl(proxy.port), options]);
    }),
});
