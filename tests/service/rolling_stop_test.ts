/** Instances that are stopped and started again, one after the other, while others call them. */
import { assertEquals, assertGreater } from "@std/assert";
import { exposedMethod, type Logger, MicroService } from "@gemstone/gemstone";
import {
  ServiceDiscovery,
  ServiceDiscoveryCache,
  StaticDiscoveryStrategy,
} from "@gemstone/gemstone/discovery";
import { createMemoryLogger } from "../support/service.ts";
import { waitUntil } from "../support/wait_until.ts";

const ROUNDS = 9;
const LANES = 16;

class Instance extends MicroService {
  override name = "rolling";
  override port = 0;
  override skipConfiguration = true;
  override discoveryStrategies = [new StaticDiscoveryStrategy({})];
  ran = 0;

  @exposedMethod()
  ping(): string {
    this.ran++;
    return "pong";
  }

  override getLogger(): Logger {
    return createMemoryLogger();
  }
}

Deno.test("stop() costs the callers of a service that has other instances no call", async () => {
  const instances = [new Instance(), new Instance(), new Instance()];
  await Promise.all(instances.map((instance) => instance.start({ signal: new AbortController().signal })));
  const discovery = new ServiceDiscovery({
    strategies: [new StaticDiscoveryStrategy({ rolling: instances.map(({ url }) => url) })],
    cache: new ServiceDiscoveryCache(),
    pingIntervalMs: 30_000,
    logger: createMemoryLogger(),
  });
  // Not idempotent: a call that may have run is not repeated, and fails.
  const client = await discovery.getService<Instance>("rolling");
  let answered = 0;
  let isOver = false;
  const failures: unknown[] = [];
  const lanes = Array.from({ length: LANES }, async () => {
    while (!isOver) {
      await client.methods.ping().then(() => answered++, (error: unknown) => failures.push(error));
    }
  });

  for (let round = 0; round < ROUNDS; round++) {
    const instance = instances[round % instances.length]!;
    const before = answered;
    await waitUntil("calls are answered", () => answered > before + 200);
    const { url } = instance;
    await instance.stop();
    instance.port = Number(new URL(url).port);
    await instance.start({ signal: new AbortController().signal });
  }
  isOver = true;
  await Promise.all(lanes);
  await discovery.stop(1_000);
  await Promise.all(instances.map((instance) => instance.stop()));

  assertEquals(failures, []);
  assertGreater(answered, ROUNDS * 200);
  assertEquals(instances.reduce((sum, { ran }) => sum + ran, 0), answered);
});
