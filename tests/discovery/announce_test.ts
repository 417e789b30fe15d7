import {
  assertEquals,
  assertGreaterOrEqual,
  assertLessOrEqual,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { type DiscoveryStrategy, DummyCache, ServiceDiscovery } from "@gemstone/gemstone/discovery";
import { pause } from "../../src/clock.ts";
import { within } from "../support/wait_until.ts";
import { createStage, linesOf, URL } from "./announce_fixture.ts";
import { settle } from "./settle.ts";
import { FakeStrategy, hang } from "./fake_strategy.ts";

Deno.test("announce() pings each strategy at once and then at the interval", async () => {
  const [a, b] = [new FakeStrategy(), new FakeStrategy()];
  const { discovery, clock, logger } = createStage([a, b]);

  await discovery.announce("svc", URL);
  const atOnce = [a.asked.slice(), b.asked.slice()];
  await clock.advance(29_999);
  const before = a.count("ping");
  await clock.advance(1);
  await clock.advance(60_000);

  assertEquals(atOnce, [[`ping svc ${URL}`], [`ping svc ${URL}`]]);
  assertEquals([before, a.count("ping"), b.count("ping")], [1, 4, 4]);
  assertEquals(linesOf(logger), []);
  await discovery.stop(1000);
});

for (const [random, ms] of [[0, 27_000], [0.999999, 33_000]] as const) {
  Deno.test(`announce() pings after ${ms} ms of an interval of 30,000 when chance says ${random}`, async () => {
    const strategy = new FakeStrategy();
    const { discovery, clock } = createStage([strategy], 30_000, () => random);
    await discovery.announce("svc", URL);

    await clock.advance(ms - 1);
    const before = strategy.count("ping");
    await clock.advance(1);

    assertEquals([before, strategy.count("ping")], [1, 2]);
    await discovery.stop(1000);
  });
}

Deno.test("announce() tries again sooner after a failure, later each time, and logs it once", async () => {
  const strategy = new FakeStrategy();
  strategy.onPing = () => Promise.reject(new Error("down"));
  const { discovery, clock, logger } = createStage([strategy], 30_000, () => 0);
  const times: number[] = [];
  const begin = clock.elapsed();

  await discovery.announce("svc", URL);
  for (let seen = 1; seen < 9;) {
    await clock.advance(500);
    if (strategy.count("ping") > seen) times.push(clock.elapsed() - begin), seen++;
  }

  assertEquals(times, [1000, 3000, 7000, 15_000, 31_000, 61_000, 91_000, 121_000]);
  assertEquals(linesOf(logger), [`warn: Cannot announce service "svc" at ${URL} by FakeStrategy: down`]);
  strategy.onPing = () => {};
  await clock.advance(30_000);
  assertEquals(linesOf(logger).slice(1), [
    `info: Can announce service "svc" at ${URL} by FakeStrategy again`,
  ]);
  await discovery.stop(1000);
});

Deno.test("announce() spreads the pauses after a failure", async () => {
  const strategy = new FakeStrategy();
  strategy.onPing = () => Promise.reject(new Error("down"));
  const { discovery, clock } = createStage([strategy], 30_000, () => 0.999999);
  await discovery.announce("svc", URL);

  await clock.advance(501);

  assertEquals(strategy.count("ping"), 2);
  await discovery.stop(1000);
});

Deno.test("announce() does not let one strategy that hangs or fails disturb the others", async () => {
  const [hanging, throwing, good] = [new FakeStrategy(), new FakeStrategy(), new FakeStrategy()];
  hanging.onPing = hang;
  const sync: DiscoveryStrategy = {
    ping: () => {
      throwing.asked.push("ping");
      throw new Error("at once");
    },
    locate: () => Promise.resolve([]),
  };
  const { discovery, clock, logger } = createStage([hanging, sync, good]);
  const begin = clock.elapsed();

  const announced = discovery.announce("svc", URL).then(() => clock.elapsed() - begin);
  await clock.advance(5_000);
  const tookMs = await within(1000, "the first announcement is given up", announced);
  await clock.advance(86_000);

  assertEquals(tookMs, 5_000);
  assertEquals(good.count("ping"), 4);
  assertEquals([good.mostOpen, throwing.asked.length > 4], [1, true]);
  assertStringIncludes(linesOf(logger).join("\n"), "by FakeStrategy: No answer within 5000 ms");
  assertStringIncludes(linesOf(logger).join("\n"), "by Object: at once");
  assertEquals(linesOf(logger).length, 2);
  await discovery.stop(1000);
});

Deno.test("announce() gives a ping no longer than the interval", async () => {
  const strategy = new FakeStrategy();
  let aborted: unknown;
  strategy.onPing = (signal) =>
    new Promise((_resolve, reject) =>
      signal.addEventListener("abort", () => reject(aborted = signal.reason))
    );
  const { discovery, clock } = createStage([strategy], 300);

  const announced = discovery.announce("svc", URL);
  await clock.advance(300);
  await announced;

  assertStringIncludes(String(aborted), "No answer within 300 ms");
  await discovery.stop(1000);
});

Deno.test("announce() never has two pings under way", async () => {
  const strategy = new FakeStrategy();
  const { discovery, clock } = createStage([strategy], 10_000);
  strategy.onPing = (signal) => pause(clock, 4_000, signal);

  const announced = discovery.announce("svc", URL);
  await clock.advance(100_000);
  await announced;

  assertEquals(strategy.mostOpen, 1);
  assertGreaterOrEqual(strategy.count("ping"), 7);
  assertLessOrEqual(strategy.count("ping"), 8);
  await discovery.stop(1000);
});

Deno.test("stop() ends a ping under way, closes the strategies, and nothing is left", async () => {
  const strategy = new FakeStrategy();
  let isAborted = false;
  strategy.onPing = (signal) => {
    signal.addEventListener("abort", () => isAborted = true);
    return hang();
  };
  const { discovery, clock, logger } = createStage([strategy]);
  const announced = discovery.announce("svc", URL);
  await settle();

  await within(1000, "stop ends", discovery.stop(1000));
  await announced;
  await clock.advance(100_000);

  assertEquals([isAborted, strategy.asked], [true, [`ping svc ${URL}`, "close"]]);
  assertEquals([clock.timers, linesOf(logger)], [0, []]);
});

Deno.test("stop() ends an announcement that has only just been asked for", async () => {
  const strategy = new FakeStrategy();
  const { discovery, clock } = createStage([strategy]);
  await discovery.announce("svc", URL);

  const announced = discovery.announce("svc", "http://10.0.0.2:8000/api");
  await discovery.stop(1000);
  await announced;
  await clock.advance(100_000);

  assertEquals(strategy.asked, [`ping svc ${URL}`, "close"]);
});

Deno.test("stop() may be called twice and without announce", async () => {
  const strategy = new FakeStrategy();
  const { discovery } = createStage([strategy]);

  await discovery.stop(10);
  await discovery.stop(10);

  assertEquals(strategy.asked, ["close", "close"]);
});

Deno.test("stop() neither rejects nor waits longer than it may", async () => {
  const failing: DiscoveryStrategy = {
    ping: () => Promise.resolve(),
    locate: () => Promise.resolve([]),
    close: () => {
      throw new Error("broken");
    },
  };
  const hanging: DiscoveryStrategy = { ...failing, close: hang };
  const { discovery, logger } = createStage([failing, hanging]);

  await within(5_000, "stop ends", discovery.stop(20));

  assertEquals(linesOf(logger), ["warn: Cannot close Object"]);
});

Deno.test("withdraw() takes back what was announced, once no ping can follow", async () => {
  const strategy = new FakeStrategy();
  const without: DiscoveryStrategy = { ping: () => Promise.resolve(), locate: () => Promise.resolve([]) };
  const { discovery, clock } = createStage([strategy, without]);
  await discovery.announce("svc", URL);

  await discovery.withdraw(1000);
  await clock.advance(100_000);

  assertEquals(strategy.asked, [`ping svc ${URL}`, `withdraw svc ${URL}`]);
  await discovery.withdraw(1000);
  assertEquals(strategy.asked.length, 2);
});

Deno.test("withdraw() neither rejects nor waits longer than it may", async () => {
  const [failing, hanging] = [new FakeStrategy(), new FakeStrategy()];
  failing.onWithdraw = () => Promise.reject(new Error("down"));
  hanging.onWithdraw = hang;
  const { discovery, clock, logger } = createStage([failing, hanging]);
  await discovery.announce("svc", URL);

  const withdrawn = discovery.withdraw(700);
  await clock.advance(700);
  await within(1000, "withdraw ends", withdrawn);

  assertEquals(linesOf(logger), [
    `warn: Cannot withdraw service "svc" at ${URL} by FakeStrategy: down`,
    `warn: Cannot withdraw service "svc" at ${URL} by FakeStrategy: No answer within 700 ms`,
  ]);
  // No stack, and none of each registry.
  assertEquals(logger.records.map(({ properties }) => properties), [undefined, undefined]);
});

Deno.test("announce() bears a logger that throws", async () => {
  const strategy = new FakeStrategy();
  strategy.onPing = () => Promise.reject("no error at all");
  const fail = () => {
    throw new Error("no log");
  };
  const discovery = new ServiceDiscovery({
    strategies: [strategy],
    cache: new DummyCache(),
    pingIntervalMs: 1000,
    logger: { debug: fail, info: fail, warn: fail, error: fail },
  });

  await discovery.announce("svc", URL);

  assertEquals(strategy.count("ping"), 1);
  await discovery.stop(1000);
});

for (const pingIntervalMs of [0, -1, NaN, "5" as unknown as number, 2 ** 31]) {
  Deno.test(`ServiceDiscovery refuses the interval ${JSON.stringify(pingIntervalMs)}`, () => {
    assertThrows(() => createStage([], pingIntervalMs), RangeError, "pingIntervalMs");
  });
}
