/**
 * Announces a service and finds it by its name. Its arguments are two ports, a way, and the URL of a Redis:
 * `registry`, `redis` without a registry, or `store` for a registry that keeps in Redis what it hears.
 */
import process from "node:process";
import { RedisDiscoveryStrategy } from "@gemstone/gemstone/discovery";
import { RedisRegistryStore, ServiceRegistry } from "@gemstone/gemstone/registry";
import { expect, Greeter } from "./greeter.ts";

const [registryPort, servicePort, way, redisUrl = ""] = process.argv.slice(2);
await using registry = new ServiceRegistry(
  way === "store" ? { store: new RedisRegistryStore(redisUrl) } : {},
);
registry.port = Number(registryPort);
if (way !== "redis") await registry.start({ args: [] });

await using service = new Greeter();
service.name = `greeter_of_${process.pid}`;
service.port = Number(servicePort);
service.serviceRegistryUrls = way === "redis" ? [] : [registry.url];
service.discoveryStrategies = way === "redis" ? [new RedisDiscoveryStrategy(redisUrl)] : [];
await service.start({ args: [] });
const found = await service.getService<Greeter>(service.name);
expect(await found.methods.say_hello("world"), "hello world");
