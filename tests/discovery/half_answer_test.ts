/** Nobody knows a service, but not everybody could be asked: that is no reason to forget where it is. */
import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { DiscoveryError, ServiceNotFoundError } from "@gemstone/gemstone/client";
import { FakeStrategy } from "./fake_strategy.ts";
import { GetServiceStage, urlOf } from "./get_service_fixture.ts";

function createPartial(): ServiceNotFoundError {
  const error = new ServiceNotFoundError("w", "1 of 2 registries failed");
  error.cause = new AggregateError([new Error("down")]);
  return error;
}

Deno.test("a service keeps an old list when one strategy fails and the other has just been restarted", async () => {
  const [first, second] = [new FakeStrategy(), new FakeStrategy()];
  first.onLocate = () => [urlOf("a")];
  const stage = new GetServiceStage([first, second]);
  const service = await stage.getService("w");
  first.onLocate = () => Promise.reject(new Error("down"));
  await stage.clock.advance(3_600_000);

  for (let count = 0; count < 3; count++) {
    await service.callMethod("f");
    await stage.clock.advance(2_000);
  }

  assertEquals(stage.called, ["a", "a", "a"]);
  assertEquals(stage.lines.filter((line) => line.includes("last known")).length, 1);
});

Deno.test("a service keeps an old list when its strategy could not ask everybody", async () => {
  const strategy = new FakeStrategy();
  strategy.onLocate = () => [urlOf("a")];
  const stage = new GetServiceStage([strategy]);
  const service = await stage.getService("w");
  strategy.onLocate = () => Promise.reject(createPartial());
  await stage.clock.advance(3_600_000);

  await service.callMethod("f");
  strategy.onLocate = () => [];
  await stage.clock.advance(2_000);

  await assertRejects(() => service.callMethod("f"), ServiceNotFoundError, "no strategy knows one");
  assertEquals(stage.called, ["a"]);
});

Deno.test("getService() says in its cause why not everybody could be asked", async () => {
  const [failing, empty] = [new FakeStrategy(), new FakeStrategy()];
  failing.onLocate = () => Promise.reject(new Error("down"));

  const error = await assertRejects(
    () => new GetServiceStage([failing, empty]).getService("w"),
    ServiceNotFoundError,
    "1 of 2 strategies failed and nobody else knows one: down",
  );

  assertInstanceOf(error.cause, AggregateError);
  assertEquals(error.cause.errors.map(String), ["Error: down"]);
});

Deno.test("getService() rejects as not found when the only strategy could not ask everybody", async () => {
  const strategy = new FakeStrategy();
  strategy.onLocate = () => Promise.reject(createPartial());
  const stage = new GetServiceStage([strategy]);

  const error = await assertRejects(
    () => stage.getService("w"),
    ServiceNotFoundError,
    "1 of 2 registries failed",
  );

  assertInstanceOf(error.cause, AggregateError);
  assertEquals(stage.lines, []);
});

Deno.test("getService() takes a strategy that says not found, without a cause, for one that knows none", async () => {
  const [odd, failing] = [new FakeStrategy(), new FakeStrategy()];
  odd.onLocate = () => Promise.reject(new ServiceNotFoundError("w", "none here"));
  const honest = await assertRejects(() => new GetServiceStage([odd]).getService("w"), ServiceNotFoundError);

  failing.onLocate = () => Promise.reject(new Error("down"));
  await assertRejects(() => new GetServiceStage([failing]).getService("w"), DiscoveryError);

  assertEquals(honest.cause, undefined);
});

Deno.test("getService() takes a strategy that fails without a reason for one that failed", async () => {
  const strategy = new FakeStrategy();
  strategy.onLocate = () => Promise.reject();

  await assertRejects(
    () => new GetServiceStage([strategy]).getService("w"),
    DiscoveryError,
    "1 strategies failed",
  );
});
