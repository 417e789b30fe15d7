/** What becomes of a call when one registry knows dead instances only, and another one knows living ones. */
import { assertEquals, assertRejects } from "@std/assert";
import { TransportError } from "@gemstone/gemstone/client";
import { DummyCache } from "@gemstone/gemstone/discovery";
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

for (
  const [name, createCache] of [["a cache", () => undefined], ["no cache", () => new DummyCache()]] as const
) {
  Deno.test(`a call asks all strategies when no instance of the first one takes it, with ${name}`, async () => {
    const [first, second] = [knows("dead"), knows("dead", "b")];
    const stage = new GetServiceStage([first, second], createCache());
    stage.dead.add("dead");
    const service = await stage.getService("w");

    assertEquals(await service.methods.f(), "b");
    assertEquals(stage.called, ["dead", "b"]);
  });
}

Deno.test("a call tells its strategy to ask everybody when no instance takes it, and only then", async () => {
  const strategy = new FakeStrategy();
  const asked: boolean[] = [];
  strategy.onLocate = (_pattern, _signal, isThorough) => {
    asked.push(isThorough);
    return (isThorough ? ["dead", "b"] : ["dead"]).map(urlOf);
  };
  const stage = new GetServiceStage([strategy]);
  stage.dead.add("dead");
  const service = await stage.getService("w");

  assertEquals(await service.methods.f(), "b");
  assertEquals(asked, [false, true]);
});

Deno.test("a call uses what some strategies know when others fail or hang", async () => {
  const [first, failing, hanging, last] = [knows("dead"), new FakeStrategy(), new FakeStrategy(), knows("b")];
  const stage = new GetServiceStage([first, failing, hanging, last]);
  stage.dead.add("dead");
  failing.onLocate = () => Promise.reject(new Error("down"));
  hanging.onLocate = hang;
  const service = await stage.getService("w");

  const called = service.callMethod("f");
  await stage.clock.advance(10_000);

  assertEquals((await within(1_000, "it is called", called)).value, "b");
  assertEquals(stage.lines, [
    "warn: Cannot look up services by FakeStrategy: down",
    "warn: Cannot look up services by FakeStrategy: No answer within 10000 ms",
  ]);
});

Deno.test("a call does not wait for a search that asks one registry only, nor lets it spoil the list", async () => {
  const gate = createGate<string[]>();
  const strategy = knows("dead");
  const stage = new GetServiceStage([strategy]);
  const service = await stage.getService("w");
  await stage.clock.advance(5_000);
  strategy.onLocate = (_pattern, _signal, isThorough) => isThorough ? [urlOf("b")] : gate.promise;
  // The list is stale: this begins a search.
  await service.callMethod("f");
  stage.dead.add("dead");

  const { value } = await within(1_000, "it is called", service.callMethod("f"));
  gate.resolve([urlOf("dead")]);
  await settle();
  await service.callMethod("f");

  assertEquals([value, stage.called], ["b", ["dead", "dead", "b", "b"]]);
});

Deno.test("calls that fail together ask all strategies once", async () => {
  const [first, second] = [knows("dead"), knows("dead")];
  const stage = new GetServiceStage([first, second]);
  stage.dead.add("dead");
  const service = await stage.getService("w");

  const calls = Array.from(
    { length: 20 },
    () => assertRejects(() => service.callMethod("f"), TransportError),
  );
  await Promise.all(calls);

  assertEquals([first.asked.length, second.asked.length], [2, 1]);
});
