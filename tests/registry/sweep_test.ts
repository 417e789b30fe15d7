/** Who has expired goes by itself, and nothing is left of a registry that has stopped. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ServiceConfigurationError } from "@gemstone/gemstone";
import { MemoryRegistryStore, type RegistryStore } from "@gemstone/gemstone/registry";
import { ManualClock } from "@gemstone/gemstone/testing";
import { withProgram } from "../support/spawn_service.ts";
import { waitUntil } from "../support/wait_until.ts";
import { TestRegistry } from "./fixture.ts";

async function fill(registry: TestRegistry, count: number): Promise<void> {
  for (let index = 0; index < count; index++) await registry.ping(`s.${index}`, `http://host/${index}`);
}

Deno.test("ServiceRegistry frees expired instances without anybody asking", async () => {
  const clock = new ManualClock();
  const store = new MemoryRegistryStore({ clock });
  await using registry = new TestRegistry({ clock, store });
  await registry.start();
  await fill(registry, 100);

  await clock.advance(60_000);
  assertEquals(store.size, 100);
  await clock.advance(15_001);

  assertEquals(store.size, 0);
  assertEquals(clock.timers, 1);
});

Deno.test("ServiceRegistry frees many in bounded steps, all of them soon", async () => {
  const clock = new ManualClock();
  const store = new MemoryRegistryStore({ clock });
  const steps: number[] = [];
  const sweep = store.sweep.bind(store);
  store.sweep = (limit) => {
    const count = sweep(limit);
    steps.push(count);
    return count;
  };
  await using registry = new TestRegistry({ clock, store });
  await registry.start();
  await fill(registry, 5000);

  await clock.advance(60_000);
  steps.length = 0;
  await clock.advance(15_100);

  assertEquals(steps, [2000, 2000, 1000]);
});

Deno.test("ServiceRegistry keeps who has announced himself again", async () => {
  const clock = new ManualClock();
  const store = new MemoryRegistryStore({ clock });
  await using registry = new TestRegistry({ clock, store });
  await registry.start();
  await fill(registry, 2);

  for (let period = 0; period < 10; period++) {
    await clock.advance(30_000);
    await registry.ping("s.1", "http://host/1");
  }

  assertEquals(store.size, 1);
  assertEquals(await registry.locate_service("*"), ["http://host/1"]);
});

Deno.test("ServiceRegistry has no timer before the start and none after the stop, and starts again", async () => {
  const clock = new ManualClock();
  const registry = new TestRegistry({ clock });
  await registry.ping("a", "http://host/");
  assertEquals(clock.timers, 0);

  await registry.start();
  assertEquals(clock.timers, 1);
  await registry.stop();
  assertEquals(clock.timers, 0);
  await registry.start();
  assertEquals(clock.timers, 1);
  await registry.stop();
  assertEquals(clock.timers, 0);
});

Deno.test("ServiceRegistry does without a sweep where the store has none, and closes the store", async () => {
  const clock = new ManualClock();
  let closed = 0;
  const inner = new MemoryRegistryStore({ clock });
  const store: RegistryStore = {
    register: (...args) => inner.register(...args),
    unregister: (...args) => inner.unregister(...args),
    locate: (query) => inner.locate(query),
    list: (query) => inner.list(query),
    close: () => Promise.resolve(void closed++),
  };
  const registry = new TestRegistry({ clock, store });

  await registry.start();
  assertEquals([clock.timers, closed], [0, 0]);
  await registry.stop();

  assertEquals(closed, 1);
});

const WRONG_SETTINGS:
  readonly (readonly ["serviceLifetimeMs" | "maxServices" | "maxInstancesPerName", unknown])[] = [
    ["serviceLifetimeMs", 0],
    ["serviceLifetimeMs", 2 ** 31],
    ["serviceLifetimeMs", Infinity],
    ["serviceLifetimeMs", "60000"],
    ["maxServices", -1],
    ["maxServices", NaN],
    ["maxInstancesPerName", 1.5],
    ["maxInstancesPerName", undefined],
  ];
for (const [name, value] of WRONG_SETTINGS) {
  Deno.test(`ServiceRegistry does not start with ${name} ${JSON.stringify(value) ?? value}`, async () => {
    const registry = new TestRegistry();
    Object.assign(registry, { [name]: value });

    const error = await assertRejects(
      () => registry.start(),
      ServiceConfigurationError,
      `registry's ${name}`,
    );

    assert(error.message.includes("give an integer from 1 to"));
  });
}

const PROGRAM = `
import { ServiceRegistry } from "@gemstone/gemstone/registry";

const registry = new ServiceRegistry();
registry.port = 0;
registry.serviceLifetimeMs = 1;
registry.skipConfiguration = true;
await registry.start({ signal: new AbortController().signal });
await registry.ping("a", "http://host/");
const url = registry.url;
const waitsForNothing = await new Promise((resolve) => {
  const look = async () => (await registry.list_services()).length === 0 ? resolve(true) : setTimeout(look, 5);
  look();
});
await registry.stop();
console.log("stopped", waitsForNothing);
`;

Deno.test("a process ends by itself when its registry has stopped", async () => {
  await withProgram(PROGRAM, async (program) => {
    await waitUntil("it has stopped", () => program.stdout.includes("stopped true"));
    assertEquals(await program.ended, { code: 0, signal: null });
  });
});
