/** A service that has what its argument says: one of the names in `PARTS`, or nothing. */
import process from "node:process";
import { BasePlugin, exposedMethod, MicroService } from "@gemstone/gemstone";

class Named extends BasePlugin {
  override name = "named";
}

class Light extends MicroService {
  override name = "light";
  override port = 0;
  override skipConfiguration = true;

  @exposedMethod()
  ping(): string {
    return "pong";
  }
}

const PARTS: Record<string, (service: Light) => void> = {
  plugins: (service) => service.plugins = [new Named()],
  tasks: (service) => service.periodicTasks = [[() => {}, 60_000]],
  cron: (service) => service.periodicTasks = [[() => {}, "0 3 * * *"]],
  strategies: (service) =>
    service.discoveryStrategies = [{ ping: () => Promise.resolve(), locate: () => Promise.resolve([]) }],
  // Nobody listens on port 1.
  registries: (service) => service.serviceRegistryUrls = ["http://127.0.0.1:1/api"],
  blocking: (service) => service.expose("work", function work() {}, { blocking: import.meta.url }),
  pages: (service) => service.extraHandlers = [["/page", (context) => context.text("page")]],
};

if (import.meta.main) {
  const service = new Light();
  PARTS[process.argv[2] ?? ""]?.(service);
  await service.start();
  const body = '{"jsonrpc":"2.0","method":"ping","id":1}';
  const headers = { "content-type": "application/json", connection: "close" };
  const response = await fetch(service.url, { method: "POST", headers, body });
  console.log((await response.json()).result);
  await service.stop();
}
