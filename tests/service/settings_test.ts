import { assertEquals, assertRejects } from "@std/assert";
import { MicroService, ServiceConfigurationError } from "@gemstone/gemstone";
import { call, createMemoryLogger } from "../support/service.ts";

class Plain extends MicroService {
  override name = "plain";
  override skipConfiguration = true;
  override port = 0;
  override getLogger = createMemoryLogger;
}

for (
  const [setting, values] of [
    ["name", ["", " ", undefined, null, 1]],
    ["host", ["", undefined, 1]],
    ["port", [-1, 65536, 1.5, NaN, "80", undefined, null]],
    ["endpoint", ["", "api", "//api", "/api?x", "/a b", "/a#b", "http://x/api", undefined, null, 1]],
    ["accessibleAt", ["", "x", "ftp://x", "http://", "http://bob:s3cret@h/api", null, 1]],
    ["responseStyle", ["strict", "", undefined, "toString"]],
    ["maxBodyBytes", [0, -1, 1.5, NaN, Infinity, "1"]],
    ["maxBatchSize", [0, -1, 1.5, NaN, Infinity, "1"]],
    ["maxParallelBlockingTasks", [0, -1, 1.5, NaN]],
    ["callTimeoutMs", [0, -1, NaN, 2 ** 31, "1"]],
    ["shutdownTimeoutMs", [0, -1, NaN, 2 ** 31]],
  ] as const
) {
  for (const value of values) {
    Deno.test(`a service refuses ${JSON.stringify(value) ?? value} (${typeof value}) as its ${setting}`, async () => {
      const service = new Plain();
      Object.assign(service, { [setting]: value });

      const error = await assertRejects(() => call(service, "x"), ServiceConfigurationError, setting);
      await assertRejects(() => service.start(), ServiceConfigurationError, error.message);
    });
  }
}

for (const timeoutMs of [0, -1, NaN, 2 ** 31]) {
  Deno.test(`a method refuses ${timeoutMs} as its timeoutMs`, async () => {
    const service = new Plain();
    service.expose("m", () => 1, { timeoutMs });

    await assertRejects(() => call(service, "m"), ServiceConfigurationError, 'timeoutMs of method "m"');
  });
}

Deno.test("a setting may be mended after it was refused", async () => {
  const service = new Plain();
  service.name = "";
  service.expose("m", () => 1);
  await assertRejects(() => call(service, "m"), ServiceConfigurationError);

  service.name = "mended";

  assertEquals((await call(service, "m")).result, 1);
});

Deno.test("limits may be Infinity where that is no limit", async () => {
  const service = new Plain();
  service.callTimeoutMs = Infinity;
  service.shutdownTimeoutMs = Infinity;
  service.expose("m", () => Promise.resolve(1));

  assertEquals((await call(service, "m")).result, 1);
});

Deno.test("the endpoint that url names is answered when it changed between fetch and start", async () => {
  await using service = new Plain();
  service.expose("m", () => 1);
  await call(service, "m");
  service.endpoint = "/v2";
  await service.start();

  const body = '{"jsonrpc":"2.0","method":"m","id":1}';
  const response = await fetch(service.url, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", connection: "close" },
  });
  await response.text();

  assertEquals(response.status, 200);
});
