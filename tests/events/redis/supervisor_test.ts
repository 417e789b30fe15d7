import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { BrokerUnavailableError, TopologyConflictError, TransportStoppedError } from "../../../src/errors.ts";
import type { EventTransportStatus } from "../../../src/events/event_transport.ts";
import { RedisConnectError } from "../../../src/events/redis/connect_error.ts";
import { type RedisConnectionOptions, resolveRedisConnection } from "../../../src/events/redis/options.ts";
import { type RedisLink, Supervisor } from "../../../src/events/redis/supervisor.ts";
import { createGate } from "../../support/gate.ts";
import { pause, waitUntil } from "../../support/wait_until.ts";

class FakeLink implements RedisLink {
  closes = 0;

  close(): void {
    this.closes++;
  }
}

type Open = (signal: AbortSignal, onLost: (error: Error) => void, nth: number) => Promise<FakeLink>;

class SupervisorBench {
  readonly statuses: EventTransportStatus[] = [];
  readonly downs: Error[] = [];
  readonly supervisor: Supervisor<FakeLink>;
  opens = 0;

  constructor(open: Open, connection: RedisConnectionOptions = {}) {
    this.supervisor = new Supervisor({
      address: "redis://h:1/0",
      connection: resolveRedisConnection({
        minBackoffMs: 1,
        maxBackoffMs: 8,
        connectRetries: 3,
        ...connection,
      }),
      open: (signal, onLost) => open(signal, onLost, ++this.opens),
      onDown: (error) => this.downs.push(error),
      onStatus: (status) => this.statuses.push(status),
      random: () => 1,
    });
  }

  get states(): string[] {
    return this.statuses.map(({ state }) => state);
  }

  [Symbol.dispose](): void {
    this.supervisor.stop();
  }
}

const refused = (): Promise<never> => Promise.reject(new Error("connect ECONNREFUSED"));

Deno.test("Supervisor.whenUp() resolves when the link is open", async () => {
  const link = new FakeLink();
  using bench = new SupervisorBench(() => Promise.resolve(link));

  bench.supervisor.start();
  await bench.supervisor.whenUp();

  assertStrictEquals(bench.supervisor.link, link);
  assertEquals(bench.states, ["connecting", "up"]);
});

Deno.test("Supervisor waits twice as long after each failure, up to the longest pause", async () => {
  using bench = new SupervisorBench(
    (_signal, _onLost, nth) => nth < 7 ? refused() : Promise.resolve(new FakeLink()),
    {
      connectRetries: 10,
    },
  );

  bench.supervisor.start();
  await bench.supervisor.whenUp();
  const pauses = bench.statuses.flatMap((status) => status.state === "down" ? [status.nextRetryMs] : []);

  assertEquals(pauses, [1, 2, 4, 8, 8, 8]);
});

Deno.test("Supervisor.whenUp() rejects when the attempts are spent, and nothing goes on", async () => {
  using bench = new SupervisorBench(refused);

  bench.supervisor.start();
  const error = await assertRejects(() => bench.supervisor.whenUp(), BrokerUnavailableError);
  await pause(30);

  assertEquals(error.message, "Cannot connect to redis://h:1/0 (4 attempts): connect ECONNREFUSED");
  assertEquals(bench.opens, 4);
  assertEquals(bench.states.at(-1), "failed");
});

for (
  const { name, error, errorClass } of [
    {
      name: "a wrong password",
      error: new RedisConnectError("WRONGPASS", { isFinal: true }),
      errorClass: BrokerUnavailableError,
    },
    { name: "a refused password", error: new Error("WRONGPASS invalid"), errorClass: BrokerUnavailableError },
    {
      name: "a key in the way",
      error: new TopologyConflictError("key", "in the way"),
      errorClass: TopologyConflictError,
    },
  ]
) {
  Deno.test(`Supervisor.whenUp() rejects at once for ${name}`, async () => {
    using bench = new SupervisorBench(() => Promise.reject(error));

    bench.supervisor.start();
    await assertRejects(() => bench.supervisor.whenUp(), errorClass);

    assertEquals(bench.opens, 1);
  });

  Deno.test(`Supervisor goes on in the background after ${name}`, async () => {
    using bench = new SupervisorBench((_signal, _onLost, nth) =>
      nth < 6 ? Promise.reject(error) : Promise.resolve(new FakeLink())
    );

    bench.supervisor.start();
    await waitUntil("it is up", () => bench.supervisor.link !== undefined);

    assertEquals(bench.opens, 6);
  });
}

Deno.test("Supervisor opens a new link when one is lost, and closes the old one", async () => {
  const links = [new FakeLink(), new FakeLink()];
  let lose: (error: Error) => void = () => {};
  using bench = new SupervisorBench((_signal, onLost, nth) => {
    if (nth === 1) lose = onLost;
    return Promise.resolve(links[nth - 1]!);
  });
  bench.supervisor.start();
  await bench.supervisor.whenUp();

  lose(new Error("reset"));
  lose(new Error("again"));
  await bench.supervisor.whenUp();

  assertEquals(links.map(({ closes }) => closes), [1, 0]);
  assertEquals(bench.downs.map(({ message }) => message), ["reset"]);
  assertEquals(bench.states, ["connecting", "up", "down", "connecting", "up"]);
});

Deno.test("Supervisor copes with a link that is lost while it is opened", async () => {
  const links: FakeLink[] = [];
  using bench = new SupervisorBench((_signal, onLost, nth) => {
    if (nth < 3) onLost(new Error("lost early"));
    links.push(new FakeLink());
    return Promise.resolve(links.at(-1)!);
  });

  bench.supervisor.start();
  await bench.supervisor.whenUp();

  assertEquals(links.map(({ closes }) => closes), [1, 1, 0]);
  assertEquals(bench.downs, []);
});

Deno.test("Supervisor.reconnect() gives up the link that is meant, and no other", async () => {
  using bench = new SupervisorBench(() => Promise.resolve(new FakeLink()));
  bench.supervisor.start();
  await bench.supervisor.whenUp();
  const first = bench.supervisor.link!;

  bench.supervisor.reconnect(first, new Error("READONLY"));
  await bench.supervisor.whenUp();
  const second = bench.supervisor.link!;
  bench.supervisor.reconnect(first, new Error("late"));
  bench.supervisor.reconnect(undefined, new Error("never"));

  assertEquals([first.closes, second.closes], [1, 0]);
  assertStrictEquals(bench.supervisor.link, second);
});

Deno.test("Supervisor does not ask again at once a server that takes connections and drops them", async () => {
  using bench = new SupervisorBench((_signal, onLost) => {
    setTimeout(() => onLost(new Error("dropped")), 0);
    return Promise.resolve(new FakeLink());
  }, { minBackoffMs: 10, maxBackoffMs: 60_000 });

  bench.supervisor.start();
  await waitUntil("it was dropped three times", () => bench.downs.length === 3);
  const pauses = bench.statuses.flatMap((status) => status.state === "down" ? [status.nextRetryMs] : []);

  assertEquals(pauses, [10, 20, 40]);
});

const STATES:
  readonly (readonly [name: string, open: Open, reach: (bench: SupervisorBench) => Promise<void>])[] = [
    ["while it connects", (signal) => {
      const gate = createGate<FakeLink>();
      signal.addEventListener("abort", () => gate.reject(new Error("given up")));
      return gate.promise;
    }, () => Promise.resolve()],
    [
      "while it waits",
      refused,
      (bench) => waitUntil("it waits", () => bench.states.includes("down")),
    ],
    [
      "while it is up",
      () => Promise.resolve(new FakeLink()),
      (bench) => waitUntil("it is up", () => bench.states.includes("up")),
    ],
  ];

for (const [name, open, reach] of STATES) {
  Deno.test(`Supervisor.stop() works ${name}`, async () => {
    const bench = new SupervisorBench(open, { minBackoffMs: 60_000, maxBackoffMs: 60_000 });
    bench.supervisor.start();
    await reach(bench);
    const { link } = bench.supervisor;
    const waiting = bench.supervisor.whenUp().then(() => undefined, (error) => error);

    bench.supervisor.stop();
    bench.supervisor.stop();

    const error = await waiting;
    assert(link !== undefined || error instanceof TransportStoppedError, String(error));
    assertEquals(link?.closes ?? 1, 1);
    assertEquals(bench.states.at(-1), "stopped");
    await assertRejects(() => bench.supervisor.whenUp(), TransportStoppedError);
  });
}

Deno.test("Supervisor.stop() closes a link that is opened too late", async () => {
  const gate = createGate<FakeLink>();
  const bench = new SupervisorBench(() => gate.promise);
  const link = new FakeLink();
  bench.supervisor.start();

  bench.supervisor.stop();
  gate.resolve(link);
  await waitUntil("it is closed", () => link.closes === 1);

  assertEquals(bench.supervisor.link, undefined);
});
