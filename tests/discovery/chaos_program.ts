/** One process of the chaos test: `registry`, or `worker` with the URLs of registries. */
import process from "node:process";
import { MicroService } from "@gemstone/gemstone";
import { ServiceRegistry } from "@gemstone/gemstone/registry";
import { LIFETIME_MS, PING_INTERVAL_MS, WORKER } from "./chaos_process.ts";

class Worker extends MicroService {
  override name = WORKER;
  override port = 0;
  override skipConfiguration = true;
  override serviceRegistryPingIntervalMs = PING_INTERVAL_MS;
}

const [role, ...registries] = process.argv.slice(2);
if (role === "registry") {
  const registry = new ServiceRegistry();
  registry.port = 0;
  registry.skipConfiguration = true;
  registry.serviceLifetimeMs = LIFETIME_MS;
  await registry.start();
} else {
  const worker = new Worker();
  worker.serviceRegistryUrls = registries;
  worker.expose("who", () => worker.url);
  await worker.start();
}
