/** Services that are announced anew, or by strategies that fail in several ways. */
import { assertEquals, assertGreaterOrEqual, assertRejects, assertStringIncludes } from "@std/assert";
import { DiscoveryError } from "@gemstone/gemstone/discovery";
import { within } from "../support/wait_until.ts";
import { createStage, linesOf, URL } from "./announce_fixture.ts";
import { settle } from "./settle.ts";
import { FakeStrategy, hang } from "./fake_strategy.ts";

for (const [name, url] of [["svc", "http://10.0.0.2:8000/api"], ["other", URL]] as const) {
  Deno.test(`announce() may be called again: it takes back what is not "${name}" at ${url}`, async () => {
    const strategy = new FakeStrategy();
    const { discovery, clock } = createStage([strategy]);

    await discovery.announce("svc", URL);
    await discovery.announce(name, url);
    await clock.advance(30_000);

    assertEquals(strategy.asked, [
      `ping svc ${URL}`,
      `ping ${name} ${url}`,
      `withdraw svc ${URL}`,
      `ping ${name} ${url}`,
    ]);
    await discovery.stop(1000);
  });
}

Deno.test("announce() takes nothing back when it is called again with the same", async () => {
  const strategy = new FakeStrategy();
  const { discovery } = createStage([strategy]);

  await discovery.announce("svc", URL);
  await discovery.announce("svc", URL);

  assertEquals(strategy.asked, [`ping svc ${URL}`, `ping svc ${URL}`]);
  await discovery.stop(1000);
});

Deno.test("announce() waits five seconds for what it takes back, and stop() not at all", async () => {
  const strategy = new FakeStrategy();
  strategy.onWithdraw = hang;
  const { discovery, clock, logger } = createStage([strategy]);
  await discovery.announce("a", URL);

  const second = discovery.announce("b", URL);
  await clock.advance(5_000);
  await within(1000, "it is given up", second);
  const third = discovery.announce("c", URL);
  await settle();
  await within(1000, "stop ends", discovery.stop(1000));
  await third;

  assertStringIncludes(
    linesOf(logger).join("\n"),
    '"a" at http://10.0.0.1:8000/api by FakeStrategy: No answer',
  );
  assertStringIncludes(
    linesOf(logger).join("\n"),
    '"b" at http://10.0.0.1:8000/api by FakeStrategy: It was ended',
  );
  assertEquals([linesOf(logger).length, strategy.asked.at(-1), clock.timers], [2, "close", 0]);
});

Deno.test("announce() rejects after stop(), and asks no strategy", async () => {
  const strategy = new FakeStrategy();
  const { discovery } = createStage([strategy]);
  await discovery.stop(1000);

  await assertRejects(() => discovery.announce("svc", URL), DiscoveryError, "has been stopped");

  assertEquals(strategy.asked, ["close"]);
});

Deno.test("announce() logs when a second registry fails as well, and no line for each try", async () => {
  const strategy = new FakeStrategy();
  const reasons = ["one", "one", "one; two", "one", "one; two", "two"];
  strategy.onPing = () => Promise.reject(new Error(reasons.shift() ?? "two"));
  const { discovery, clock, logger } = createStage([strategy], 1000);

  await discovery.announce("svc", URL);
  await clock.advance(20_000);

  assertEquals(
    linesOf(logger),
    ["one", "one; two", "two"].map((why) =>
      `warn: Cannot announce service "svc" at ${URL} by FakeStrategy: ${why}`
    ),
  );
  await discovery.stop(1000);
});

Deno.test("announce() logs five reasons at most when each try has another one", async () => {
  const strategy = new FakeStrategy();
  let tries = 0;
  strategy.onPing = () => Promise.reject(new Error(`try ${++tries}`));
  const { discovery, clock, logger } = createStage([strategy], 1000);

  await discovery.announce("svc", URL);
  await clock.advance(20_000);

  assertGreaterOrEqual(tries, 15);
  assertEquals(linesOf(logger).length, 5);
  await discovery.stop(1000);
});
