/** R3, R4: nothing is answered any more, and nobody says so. */
import { assertEquals, assertLessOrEqual } from "@std/assert";
import type { RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";
import { hasPrivateBroker } from "../support/broker.ts";
import { Ledger } from "../support/event_ledger.ts";
import { emitNumber, type FaultRun, sized, withBroker } from "../support/fault_run.ts";
import { FaultProxy } from "../support/fault_proxy.ts";
import { pause, waitUntil } from "../support/wait_until.ts";

const HEARTBEAT_SECONDS = 2;
/** Three intervals and a second. */
const NOTICE_LIMIT_MS = 3000 * HEARTBEAT_SECONDS + 1000;
const BUFFER_MESSAGES = 20_000;
const WINDOW_MESSAGES = 200;
const OPTIONS = {
  connection: { heartbeatSeconds: HEARTBEAT_SECONDS },
  publishing: { windowEvents: WINDOW_MESSAGES, bufferEvents: BUFFER_MESSAGES, timeoutMs: 120_000 },
};

/** A transport that emits an event every few milliseconds, and handles it itself. */
class Talker {
  readonly transport: RabbitMqEventTransport;
  readonly handled: number[] = [];
  readonly resolved: number[] = [];
  readonly errors: Error[] = [];
  readonly #run: FaultRun;
  readonly #event: string;
  #count = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(run: FaultRun, name: string, port?: number) {
    this.#run = run;
    this.#event = `${run.event}-${name}`;
    this.transport = run.transport(OPTIONS, port);
  }

  async start(): Promise<void> {
    await this.#run.start(this.transport);
    await this.transport.subscribe([
      this.#run.subscription((number) => void this.handled.push(number), {}, this.#event),
    ]);
    this.#timer = setInterval(() => {
      const n = this.#count++;
      emitNumber(this.transport, this.#event, n).then(() => this.resolved.push(n), (error) => {
        this.errors.push(error);
      });
    }, 5);
    await this.handles();
  }

  /** Resolves when one more event has been handled. */
  async handles(): Promise<void> {
    const before = this.handled.length;
    await waitUntil("one more event is handled", () => this.handled.length > before);
  }

  /** Resolves when the connection counts as lost; says how long that took, in milliseconds. */
  async notices(): Promise<number> {
    const started = performance.now();
    await waitUntil("the silence is noticed", () => this.transport.health().state !== "up");
    return performance.now() - started;
  }

  async finish(): Promise<{ events: number; lost: number; duplicates: number }> {
    clearInterval(this.#timer);
    await waitUntil("all is emitted", () => this.resolved.length + this.errors.length === this.#count);
    const [resolved, handled] = [new Ledger(this.resolved), () => new Ledger(this.handled)];
    await waitUntil("all is handled", () => resolved.without(handled()).length === 0);
    return { events: this.#count, lost: 0, duplicates: handled().duplicates };
  }

  [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    return Promise.resolve();
  }
}

const MODES: Record<string, (proxy: FaultProxy) => void> = {
  "both directions": (proxy) => proxy.blackHole(),
  "to the broker": (proxy) => proxy.up = "drop",
  "from the broker": (proxy) => proxy.down = "drop",
};

Deno.test({
  name: "R3: a black hole is noticed, and loses no group event",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(60_000, async (run) => {
      // At the same time, because most of it is waiting.
      const holes = Object.keys(MODES).map((mode, index) => fallIntoHoles(run, mode, index));
      // All of them end before the first failure counts.
      await Promise.allSettled(holes);
      await Promise.all(holes);
    }),
});

async function fallIntoHoles(run: FaultRun, mode: string, index: number): Promise<void> {
  const proxy = run.use(await FaultProxy.start(run.broker.port));
  const talker = run.use(new Talker(run, String(index), proxy.port));
  await talker.start();
  const notices: number[] = [];

  for (let hole = 0; hole < sized(1, 3); hole++) {
    MODES[mode]!(proxy);
    notices.push(await talker.notices());
    await pause(sized(0, 13_000));
    assertLessOrEqual(talker.transport.stats().pending, BUFFER_MESSAGES + WINDOW_MESSAGES);
    proxy.heal();
    // What has been tried meanwhile hangs half way.
    proxy.resetAll();
    await talker.handles();
  }
  const counts = await talker.finish();

  const longest = Math.round(Math.max(...notices));
  run.report({
    bar: "R3",
    fault: `black hole ${mode} x${notices.length}, heartbeat ${HEARTBEAT_SECONDS} s`,
    ...counts,
    note: `noticed within ${longest} ms`,
  });
  assertEquals(talker.errors, []);
  assertLessOrEqual(longest, NOTICE_LIMIT_MS * sized(2, 1));
}

Deno.test({
  name: "R4: a broker that is stopped in its tracks (SIGSTOP) is noticed, and loses no group event",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(60_000, async (run) => {
      const talker = run.use(new Talker(run, "stopped"));
      await talker.start();

      await run.broker.pause();
      const noticedMs = await talker.notices().finally(() => pause(sized(0, 13_000)))
        .finally(() => run.broker.resume());
      const resumed = performance.now();
      await talker.handles();
      const recoveryMs = performance.now() - resumed;
      const counts = await talker.finish();

      run.report({
        bar: "R4",
        fault: `broker stopped (SIGSTOP) until noticed${sized("", " and 13 s more")}`,
        ...counts,
        recoveryMs,
        note: `noticed within ${Math.round(noticedMs)} ms`,
      });
      assertEquals(talker.errors, []);
      assertLessOrEqual(noticedMs, NOTICE_LIMIT_MS * sized(2, 1));
    }),
});
