import { assertEquals, assertRejects } from "@std/assert";
import {
  CallTimeoutError,
  DiscoveryError,
  ServiceNotFoundError,
  TransportError,
} from "@gemstone/gemstone/client";
import { DummyCache } from "@gemstone/gemstone/discovery";
import { createGate } from "../support/gate.ts";
import { settle } from "./settle.ts";
import { FakeStrategy } from "./fake_strategy.ts";
import { GetServiceStage, urlOf } from "./get_service_fixture.ts";

/** A strategy whose list a test changes. */
class ListStrategy extends FakeStrategy {
  names: string[];

  constructor(...names: string[]) {
    super();
    this.names = names;
    this.onLocate = () => this.names.map(urlOf);
  }
}

Deno.test("a service calls a random instance each time", async () => {
  const stage = new GetServiceStage([new ListStrategy("a", "b", "c")]);
  const service = await stage.getService("w");

  stage.chances.push(0.99, 0, 0.5);
  for (let count = 0; count < 3; count++) await service.callMethod("f");

  assertEquals(stage.called, ["c", "a", "b"]);
});

Deno.test("a service asks for the list again only when it is five seconds old, and does not wait then", async () => {
  const list = new ListStrategy("a");
  const stage = new GetServiceStage([list]);
  const service = await stage.getService("w");
  await stage.clock.advance(4_999);
  await service.callMethod("f");
  const asked = list.asked.length;
  const gate = createGate<string[]>();
  list.onLocate = () => gate.promise;
  await stage.clock.advance(1);

  await Promise.all([service.callMethod("f"), service.callMethod("f"), service.callMethod("f")]);
  gate.resolve([urlOf("b")]);
  await settle();
  await service.callMethod("f");

  assertEquals([asked, list.asked.length], [1, 2]);
  assertEquals(stage.called, ["a", "a", "a", "a", "b"]);
});

Deno.test("a service waits for a new list when the old one is half a minute old", async () => {
  const list = new ListStrategy("a");
  const stage = new GetServiceStage([list]);
  const service = await stage.getService("w");
  list.names = ["b"];
  await stage.clock.advance(30_000);

  await service.callMethod("f");

  assertEquals(stage.called, ["b"]);
});

Deno.test("a service uses the last list, however old, when nobody can tell, and says so once", async () => {
  const list = new ListStrategy("a");
  const stage = new GetServiceStage([list]);
  const service = await stage.getService("w");
  list.onLocate = () => Promise.reject(new Error("down"));
  await stage.clock.advance(3_600_000);

  for (let count = 0; count < 5; count++) {
    await service.callMethod("f");
    await (await stage.getService("w")).callMethod("f");
    await stage.clock.advance(2_000);
  }

  assertEquals(stage.called.length, 10);
  assertEquals(stage.lines.filter((line) => line.includes("last known")).length, 1);
  list.onLocate = () => [urlOf("b")];
  await service.callMethod("f");
  assertEquals(stage.called.at(-1), "b");
  assertEquals(stage.lines.filter((line) => line.startsWith("info")).length, 2);
});

Deno.test("a service asks once a second at most while nobody can tell", async () => {
  const list = new ListStrategy("a");
  const stage = new GetServiceStage([list]);
  const service = await stage.getService("w");
  list.onLocate = () => Promise.reject(new Error("down"));
  await stage.clock.advance(60_000);

  for (let count = 0; count < 20; count++) {
    await service.callMethod("f");
    await stage.clock.advance(100);
  }

  assertEquals(list.asked.length, 3);
});

Deno.test("a service outlives a registry that has forgotten it for a while", async () => {
  const list = new ListStrategy("a");
  const stage = new GetServiceStage([list]);
  const service = await stage.getService("w");
  list.names = [];
  await stage.clock.advance(20_000);
  await service.callMethod("f");
  await settle();
  await service.callMethod("f");

  await stage.clock.advance(20_000);

  assertEquals(stage.called, ["a", "a"]);
  await assertRejects(() => service.callMethod("f"), ServiceNotFoundError);
});

Deno.test("a service asks each time with a DummyCache", async () => {
  const list = new ListStrategy("a");
  const stage = new GetServiceStage([list], new DummyCache());
  const service = await stage.getService("w");

  await service.callMethod("f");
  list.names = ["b"];
  await service.callMethod("f");
  list.onLocate = () => Promise.reject(new Error("down"));

  await assertRejects(() => service.callMethod("f"), DiscoveryError);
  assertEquals([stage.called, list.asked.length], [["a", "b"], 4]);
});

Deno.test("a service leaves out an instance that refused, for five seconds and then longer", async () => {
  const stage = new GetServiceStage([new ListStrategy("a", "b")]);
  const service = await stage.getService("w");
  stage.dead.add("a");
  const triedAt: number[] = [];
  const begin = stage.clock.elapsed();

  // Chance would always choose a.
  for (let second = 0; second <= 140; second++) {
    const before = stage.called.length;
    await service.callMethod("f");
    if (stage.called[before] === "a") triedAt.push((stage.clock.elapsed() - begin) / 1000);
    await stage.clock.advance(1000);
  }

  assertEquals(triedAt, [0, 5, 15, 35, 75, 135]);
});

Deno.test("a service leaves out an instance that did not answer in time", async () => {
  const stage = new GetServiceStage([new ListStrategy("a", "b")]);
  const service = await stage.getService("w", {
    fetch: (url, init) => url === urlOf("a") ? new Promise(() => {}) : stage.fetch(url, init),
  });

  // Chance would always choose a.
  await assertRejects(() => service.callMethod("f", [], { timeoutMs: 10 }), CallTimeoutError);
  for (let count = 0; count < 3; count++) await service.callMethod("f");

  assertEquals(stage.called, ["b", "b", "b"]);
});

Deno.test("a service leaves out an instance for one refusal when many calls were under way", async () => {
  const stage = new GetServiceStage([new ListStrategy("a", "b")]);
  const service = await stage.getService("w");
  stage.dead.add("a");

  await Promise.all(Array.from({ length: 20 }, () => service.callMethod("f")));
  stage.dead.clear();
  stage.called.length = 0;
  await stage.clock.advance(5_000);
  await service.callMethod("f");
  await service.callMethod("f");

  assertEquals(stage.called, ["a", "a"]);
});

Deno.test("a service lets one call at a time try an instance that refused", async () => {
  const stage = new GetServiceStage([new ListStrategy("a", "b")]);
  const service = await stage.getService("w");
  stage.dead.add("a");
  await service.callMethod("f");
  await stage.clock.advance(5_000);
  stage.called.length = 0;

  await Promise.all(Array.from({ length: 20 }, () => service.callMethod("f")));

  assertEquals(stage.called.filter((name) => name === "a").length, 1);
});

Deno.test("a service forgets what refused as soon as it answers", async () => {
  const stage = new GetServiceStage([new ListStrategy("a")]);
  const service = await stage.getService("w");
  stage.dead.add("a");
  await assertRejects(() => service.callMethod("f"), TransportError);
  stage.dead.clear();

  await service.callMethod("f");
  stage.dead.add("a");
  await assertRejects(() => service.callMethod("f"), TransportError, "(1 instance was tried)");

  assertEquals(stage.called, ["a", "a", "a"]);
});

Deno.test("a service forgets what refused when it is announced anew", async () => {
  const list = new ListStrategy("a", "b");
  const stage = new GetServiceStage([list]);
  const service = await stage.getService("w");
  stage.dead.add("a");
  for (const passMs of [0, 5_000, 10_000, 20_000]) {
    await stage.clock.advance(passMs);
    await service.callMethod("f");
  }
  list.names = ["b"];
  await stage.clock.advance(5_000);
  await service.callMethod("f");
  list.names = ["a", "b"];
  stage.dead.clear();
  await stage.clock.advance(5_000);
  await service.callMethod("f");
  await settle();
  stage.called.length = 0;

  await service.callMethod("f");

  assertEquals(stage.called, ["a"]);
});

Deno.test("a service tries all instances, those left out the longest first, when all are left out", async () => {
  const stage = new GetServiceStage([new ListStrategy("a", "b", "c")]);
  const service = await stage.getService("w");
  stage.chances.push(0.99);
  for (const name of ["c", "a"]) {
    stage.dead.add(name);
    await service.callMethod("f");
    await stage.clock.advance(1000);
  }
  stage.dead.add("b");
  await assertRejects(() => service.callMethod("f"), TransportError, "(3 instances were tried)");
  stage.called.length = 0;
  stage.dead.delete("b");

  await service.callMethod("f");

  assertEquals(stage.called, ["c", "a", "b"]);
});

Deno.test("a service looks for new instances before a call fails, ten times a second at most", async () => {
  const list = new ListStrategy("a");
  const stage = new GetServiceStage([list]);
  const service = await stage.getService("w");
  stage.dead.add("a");
  list.names = ["a", "b"];

  await service.callMethod("f");
  stage.dead.add("b");
  for (let count = 0; count < 10; count++) await assertRejects(() => service.callMethod("f"), TransportError);
  const soon = list.asked.length;
  await stage.clock.advance(100);
  await assertRejects(() => service.callMethod("f"), TransportError);

  assertEquals(stage.called.slice(0, 2), ["a", "b"]);
  assertEquals([soon, list.asked.length], [2, 3]);
});

Deno.test("services of several patterns share what is known of an instance", async () => {
  const stage = new GetServiceStage([new ListStrategy("a", "b")]);
  const [first, second] = [await stage.getService("w"), await stage.getService("w*")];
  stage.dead.add("a");

  await first.callMethod("f");
  stage.called.length = 0;
  await second.callMethod("f");

  assertEquals(stage.called, ["b"]);
});
