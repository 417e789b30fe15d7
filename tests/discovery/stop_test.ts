/** What has been stopped stays so: nothing opens again what stop() has closed. */
import { assertEquals, assertRejects } from "@std/assert";
import { DiscoveryError } from "@gemstone/gemstone/client";
import {
  type DiscoveryOptions,
  type DiscoveryStrategy,
  DummyCache,
  ServiceDiscovery,
} from "@gemstone/gemstone/discovery";
import { ManualClock } from "@gemstone/gemstone/testing";
import { createMemoryLogger } from "../support/service.ts";
import { waitUntil, within } from "../support/wait_until.ts";
import { settle } from "./settle.ts";
import { FakeStrategy, hang } from "./fake_strategy.ts";
import { GetServiceStage, urlOf } from "./get_service_fixture.ts";

function createStrategy(): FakeStrategy {
  const strategy = new FakeStrategy();
  strategy.onLocate = () => [urlOf("a")];
  return strategy;
}

Deno.test("stop() ends searches, and later ones reject without asking anybody", async () => {
  const strategy = new FakeStrategy();
  strategy.onLocate = hang;
  const stage = new GetServiceStage([strategy]);
  const found = assertRejects(() => stage.getService("w"), DiscoveryError, "the search was ended");
  await settle();

  await within(1000, "stop ends", stage.discovery.stop(1000));
  await within(1000, "the search ends", found);
  strategy.onLocate = () => [urlOf("a")];

  await assertRejects(() => stage.getService("w"), DiscoveryError, "has been stopped; make a new one");
  assertEquals(strategy.asked, ["locate w", "close"]);
  assertEquals(stage.lines, []);
});

for (const ageMs of [0, 10_000, 3_600_000]) {
  Deno.test(`stop() leaves a client a list that is ${ageMs} ms old`, async () => {
    const strategy = createStrategy();
    const stage = new GetServiceStage([strategy]);
    const service = await stage.getService("w");
    await stage.discovery.stop(1000);

    await stage.clock.advance(ageMs);

    assertEquals((await service.callMethod("f")).value, "a");
    assertEquals([strategy.asked, stage.lines], [["locate w", "close"], []]);
  });
}

Deno.test("stop() leaves a client without a list nothing but an error", async () => {
  const strategy = createStrategy();
  const stage = new GetServiceStage([strategy], new DummyCache());
  const service = await stage.getService("w");
  await stage.discovery.stop(1000);

  await assertRejects(() => service.callMethod("f"), DiscoveryError, "has been stopped");

  assertEquals(strategy.asked, ["locate w", "close"]);
});

Deno.test("a call that reaches nobody after stop() says so, and asks nobody", async () => {
  const strategy = createStrategy();
  const stage = new GetServiceStage([strategy]);
  const service = await stage.getService("w");
  stage.dead.add("a");
  await stage.discovery.stop(1000);

  await assertRejects(() => service.callMethod("f"), Error, "(1 instance was tried)");

  assertEquals(strategy.asked, ["locate w", "close"]);
});

/** Tells of each question whether it had ended when the strategy was closed. Answers nothing. */
class LateStrategy implements DiscoveryStrategy {
  readonly signals: AbortSignal[] = [];
  readonly hadEnded: boolean[] = [];

  ping(): Promise<void> {
    return Promise.resolve();
  }

  locate(_pattern: string, { signal }: DiscoveryOptions): Promise<never> {
    this.signals.push(signal);
    return hang();
  }

  withdraw(_name: string, _location: string, { signal }: DiscoveryOptions): Promise<never> {
    this.signals.push(signal);
    return hang();
  }

  close(): Promise<void> {
    this.hadEnded.push(...this.signals.map((signal) => signal.aborted));
    return Promise.resolve();
  }
}

for (
  const [what, ask] of [
    ["a search", (discovery) => discovery.getService("w")],
    ["a withdrawal", async (discovery) => {
      await discovery.announce("a", urlOf("a"));
      await discovery.withdraw(1000);
    }],
    ["what is replaced", async (discovery) => {
      await discovery.announce("a", urlOf("a"));
      await discovery.announce("b", urlOf("a"));
    }],
  ] as readonly (readonly [string, (discovery: ServiceDiscovery) => Promise<unknown>])[]
) {
  Deno.test(`stop() closes no strategy before that was told that ${what} has ended`, async () => {
    const strategy = new LateStrategy();
    const options = { strategies: [strategy], cache: new DummyCache(), pingIntervalMs: 1000 };
    const clock = new ManualClock();
    const discovery = new ServiceDiscovery({ ...options, clock, logger: createMemoryLogger() });
    const asked = ask(discovery).catch(() => {});
    await waitUntil("it is asked", () => strategy.signals.length === 1);

    await discovery.stop(1000);
    await asked;

    assertEquals(strategy.hadEnded, [true]);
  });
}

Deno.test("stop() closes no strategy before the last search has left it", async () => {
  const [first, second] = [new FakeStrategy(), createStrategy()];
  // It answers at the very moment of the stop, so that the next one is due.
  first.onLocate = (_pattern, signal) =>
    new Promise((resolve) => signal.addEventListener("abort", () => resolve([])));
  const stage = new GetServiceStage([first, second]);
  const found = assertRejects(() => stage.getService("w"), DiscoveryError, "the search was ended");
  await settle();

  await stage.discovery.stop(1000);
  await found;

  assertEquals([first.asked, second.asked], [["locate w", "close"], ["close"]]);
});

Deno.test("stop() and a search at once leave nothing open", async () => {
  const strategy = createStrategy();
  const stage = new GetServiceStage([strategy], new DummyCache());

  const found = stage.getService("w").then(() => {}, () => {});
  const stopped = stage.discovery.stop(1000);
  const late = assertRejects(() => stage.getService("v"), DiscoveryError);
  await Promise.all([found, stopped, late]);

  assertEquals(strategy.asked.at(-1), "close");
  assertEquals(strategy.count("locate v"), 0);
});
