import { assert, assertEquals } from "@std/assert";
import { RemoteService } from "@gemstone/gemstone/client";
import type { BusyService } from "./main.ts";

/** How long it may take until all tasks have run; the slowest is due within two seconds. */
const LIMIT_MS = 20_000;

export async function check({ url }: { url: string }): Promise<void> {
  const { methods } = new RemoteService<BusyService>(`${url}/api`);
  const deadline = performance.now() + LIMIT_MS;

  let runs = await methods.count_runs();
  while ((runs.beat < 2 || runs.tick < 1 || runs.refresh < 1) && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    runs = await methods.count_runs();
  }

  assert(runs.beat >= 2 && runs.tick >= 1, JSON.stringify(runs));
  assertEquals(runs.refresh, 1);
}
