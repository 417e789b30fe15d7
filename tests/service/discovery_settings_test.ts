import { assert, assertEquals, assertRejects } from "@std/assert";
import { ServiceConfigurationError } from "@gemstone/gemstone";
import { createQuiet, ListStrategy, Quiet } from "../support/discovered_service.ts";
import { call } from "../support/service.ts";

for (
  const [setting, values] of [
    ["discoveryStrategies", [null, undefined, {}, "x", [null], [{}], [{ ping: 1, locate: 1 }], [
      ListStrategy,
    ]]],
    ["serviceRegistryUrls", [null, undefined, "http://x/api", ["x"], [null], ["ftp://x"], [""], [7]]],
    ["serviceRegistryPingIntervalMs", [0, -1, NaN, 2 ** 31, "1", null, undefined]],
    ["remoteServiceCache", [null, 1, {}, "x", { get: 1 }]],
  ] as const
) {
  for (const value of values) {
    Deno.test(`a service refuses ${JSON.stringify(value) ?? value} (${typeof value}) as its ${setting}`, async () => {
      const service = new Quiet();
      Object.assign(service, { [setting]: value });

      await assertRejects(() => call(service, "ping"), ServiceConfigurationError, setting);
      await assertRejects(() => service.start(), ServiceConfigurationError, setting);
      if (setting !== "serviceRegistryPingIntervalMs") {
        await assertRejects(() => service.getService("x"), ServiceConfigurationError, setting);
      }
    });
  }
}

Deno.test("the error of a wrong registry URL does not show its password", async () => {
  const service = createQuiet();
  service.serviceRegistryUrls = ["redis://ann:secret@127.0.0.1:1"];

  const error = await assertRejects(() => call(service, "ping"), ServiceConfigurationError);

  assert(!error.message.includes("secret"), error.message);
});

Deno.test("a setting that is a cycle is refused as any other", async () => {
  const service = createQuiet();
  const cycle: unknown[] = [];
  cycle.push(cycle);
  Object.assign(service, { discoveryStrategies: cycle });

  await assertRejects(() => call(service, "ping"), ServiceConfigurationError, "discoveryStrategies");
});

Deno.test("getCurrentConfiguration() shows discovery, plugins and tasks, without passwords", async () => {
  const service = createQuiet(new ListStrategy());
  service.serviceRegistryUrls = ["http://ann:secret@127.0.0.1:1/api"];
  service.periodicTasks = [[function cleanUp() {}, "0 3 * * *"], [() => {}, 1_000, { name: "beat" }]];

  const configuration = await service.getCurrentConfiguration();

  assertEquals(configuration.autodiscovery, {
    serviceRegistryUrls: ["http://ann:***@127.0.0.1:1/api"],
    serviceRegistryPingIntervalMs: 30_000,
    discoveryStrategies: ["ListStrategy"],
  });
  assertEquals(configuration.plugins, []);
  assertEquals(configuration.periodicTasks, [
    { name: "cleanUp", every: "0 3 * * *" },
    { name: "beat", every: 1_000 },
  ]);
});
