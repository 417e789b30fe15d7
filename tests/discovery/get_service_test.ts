import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  CallAbortedError,
  CallTimeoutError,
  DiscoveryError,
  ServiceNotFoundError,
} from "@gemstone/gemstone/client";
import { DummyCache, StaticDiscoveryStrategy } from "@gemstone/gemstone/discovery";
import { ServiceConfigurationError } from "@gemstone/gemstone/errors";
import { createGate } from "../support/gate.ts";
import { within } from "../support/wait_until.ts";
import { settle } from "./settle.ts";
import { FakeStrategy, hang } from "./fake_strategy.ts";
import { GetServiceStage, urlOf } from "./get_service_fixture.ts";

function knows(...names: readonly string[]): FakeStrategy {
  const strategy = new FakeStrategy();
  strategy.onLocate = () => names.map(urlOf);
  return strategy;
}

function fails(reason = "down"): FakeStrategy {
  const strategy = new FakeStrategy();
  strategy.onLocate = () => Promise.reject(new Error(reason));
  return strategy;
}

Deno.test("getService() asks the strategies in order until one knows the service", async () => {
  const [none, some, other] = [knows(), knows("a"), knows("b")];
  const stage = new GetServiceStage([none, some, other]);

  const service = await stage.getService("workers.*");

  assertEquals(await service.methods.f(), "a");
  assertEquals(service.url, urlOf("a"));
  assertEquals([none.asked, some.asked, other.asked], [["locate workers.*"], ["locate workers.*"], []]);
});

Deno.test("getService() skips a strategy that fails, and says so once", async () => {
  const broken = fails();
  const stage = new GetServiceStage([broken, knows("a")], new DummyCache());

  await stage.getService("w");
  await stage.getService("w");
  await stage.clock.advance(20_000);
  await stage.getService("w");

  assertEquals(stage.lines, ["warn: Cannot look up services by FakeStrategy: down"]);
  broken.onLocate = () => [];
  await stage.clock.advance(20_000);
  await stage.getService("w");
  assertEquals(stage.lines.slice(1), ["info: Can look up services by FakeStrategy again"]);
});

Deno.test("getService() asks a strategy that failed behind the others, for ten seconds", async () => {
  const broken = fails();
  const stage = new GetServiceStage([broken, knows("a")], new DummyCache());
  await stage.getService("w");

  await stage.getService("w");
  const soon = broken.asked.length;
  await stage.clock.advance(10_001);
  await stage.getService("w");

  assertEquals([soon, broken.asked.length], [1, 2]);
});

Deno.test("getService() gives up a strategy that hangs and asks the next one", async () => {
  const hanging = new FakeStrategy();
  let isAborted = false;
  hanging.onLocate = (_pattern, signal) => {
    signal.addEventListener("abort", () => isAborted = true);
    return hang();
  };
  const stage = new GetServiceStage([hanging, knows("a")]);

  const found = stage.getService("w");
  await stage.clock.advance(10_000);

  assertEquals((await within(1000, "it is found", found)).url, urlOf("a"));
  assertEquals(isAborted, true);
});

Deno.test("getService() rejects when no strategy knows the service", async () => {
  const stage = new GetServiceStage([knows(), knows()]);

  const error = await assertRejects(() => stage.getService("w.*"), ServiceNotFoundError, '"w.*"');

  assertEquals(error.pattern, "w.*");
});

Deno.test("getService() rejects as not found when one strategy failed and the other knows none", async () => {
  const stage = new GetServiceStage([fails("refused"), knows()]);

  await assertRejects(() => stage.getService("w"), ServiceNotFoundError, "1 of 2 strategies failed");
});

Deno.test("getService() rejects with all reasons when all strategies failed", async () => {
  const stage = new GetServiceStage([fails("first"), fails("second")]);

  const error = await assertRejects(() => stage.getService("w"), DiscoveryError, "first; second");

  assertEquals([error.code, error.pattern], ["ERR_DISCOVERY", "w"]);
  assertInstanceOf(error.cause, AggregateError);
  assertEquals(error.cause.errors.map(String), ["Error: first", "Error: second"]);
});

Deno.test("getService() rejects when there is no strategy", async () => {
  await assertRejects(() => new GetServiceStage([]).getService("w"), ServiceConfigurationError, "strategy");
});

for (
  const [wrong, type] of [["", TypeError], [undefined, TypeError], [5, TypeError], [
    "x".repeat(257),
    RangeError,
  ]] as const
) {
  Deno.test(`getService() refuses ${JSON.stringify(wrong)?.slice(0, 12)} before it asks`, async () => {
    const strategy = knows("a");

    await assertRejects(() => new GetServiceStage([strategy]).getService(wrong as string), type);

    assertEquals(strategy.asked, []);
  });
}

Deno.test("getService() refuses wrong settings of the client before it asks", async () => {
  const strategy = knows("a");

  await assertRejects(() => new GetServiceStage([strategy]).getService("w", { timeoutMs: 0 }), RangeError);

  assertEquals(strategy.asked, []);
});

for (
  const [name, found] of [
    ["null", null],
    ["nothing", undefined],
    ["what can not be called", [
      "ftp://a.test/",
      "javascript:alert(1)",
      "a.test",
      "http://u:p@a.test/",
      5,
      null,
      {},
    ]],
  ] as const
) {
  Deno.test(`getService() takes ${name} for no answer`, async () => {
    const odd = new FakeStrategy();
    odd.onLocate = () => found;
    const stage = new GetServiceStage([odd, knows("b")]);

    assertEquals((await stage.getService("w")).url, urlOf("b"));
    assertEquals(stage.lines, []);
  });
}

for (const wrong of ["http://a.test/api", 5, {}, { length: 1 }]) {
  Deno.test(`getService() takes ${JSON.stringify(wrong)} for a failure of the strategy`, async () => {
    const odd = new FakeStrategy();
    odd.onLocate = () => wrong;

    await assertRejects(() => new GetServiceStage([odd]).getService("w"), DiscoveryError, "list of URLs");
  });
}

Deno.test("getService() drops doubles and what can not be called", async () => {
  const strategy = new FakeStrategy();
  strategy.onLocate = () => [urlOf("a"), "nonsense", "HTTP://A.test:80/api", urlOf("b")];
  const stage = new GetServiceStage([strategy]);
  const service = await stage.getService("w");

  stage.chances.push(0, 0.49, 0.5, 0.99);
  for (let count = 0; count < 4; count++) await service.callMethod("f");

  assertEquals(stage.called, ["a", "a", "b", "b"]);
});

Deno.test("getService() ends its search at the time limit", async () => {
  const strategy = new FakeStrategy();
  strategy.onLocate = hang;

  await assertRejects(
    () => new GetServiceStage([strategy]).getService("w", { timeoutMs: 20 }),
    CallTimeoutError,
    'look for service "w"',
  );
});

Deno.test("getService() ends its search when the signal aborts, and not the search of others", async () => {
  const gate = createGate<string[]>();
  const strategy = new FakeStrategy();
  strategy.onLocate = () => gate.promise;
  const stage = new GetServiceStage([strategy]);
  const controller = new AbortController();

  const aborted = assertRejects(() => stage.getService("w", { signal: controller.signal }), CallAbortedError);
  const other = stage.getService("w");
  await settle();
  controller.abort();
  await aborted;
  gate.resolve([urlOf("a")]);

  assertEquals((await other).url, urlOf("a"));
  assertEquals(strategy.asked.length, 1);
});

Deno.test("getService() rejects when the signal has aborted, though the service is known", async () => {
  const stage = new GetServiceStage([knows("a")]);
  await stage.getService("w");

  await assertRejects(() => stage.getService("w", { signal: AbortSignal.abort() }), CallAbortedError);
});

Deno.test("getService() asks nobody while the list is fresh", async () => {
  const strategy = knows("a", "b");
  const stage = new GetServiceStage([strategy]);
  await stage.getService("w");

  const service = await stage.getService("w");

  assertEquals([service.url, strategy.asked.length], [urlOf("a"), 1]);
});

Deno.test("getService() uses patterns with the static strategy", async () => {
  const strategy = new StaticDiscoveryStrategy({ "w.a": urlOf("a"), "w.b": [urlOf("b")], x: urlOf("x") });
  const stage = new GetServiceStage([strategy]);
  const service = await stage.getService("w.?");

  stage.chances.push(0, 0.9);

  assertEquals([await service.methods.f(), await service.methods.f()], ["a", "b"]);
});
