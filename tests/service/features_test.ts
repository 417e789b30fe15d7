/** Settings that change what a service says of itself: styles, introspection, statistics, access log. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Featured } from "../support/featured_service.ts";
import { call, notify, post, send } from "../support/service.ts";

Deno.test("the legacy style answers with both members and acknowledges notifications", async () => {
  const service = new Featured();
  service.responseStyle = "legacy";

  assertEquals(await call(service, "add", [1, 2]), { jsonrpc: "2.0", result: 3, error: null, id: 1 });
  assertEquals((await call(service, "nothing")).result, null);
  const response = await notify(service, "add", [1, 2]);
  assertEquals([response.status, await response.text()], [
    200,
    '{"jsonrpc":"2.0","result":null,"error":null}',
  ]);
  assertEquals(await send(service, [{ jsonrpc: "2.0", method: "add", params: [1, 2] }]), []);
});

Deno.test("get_service_specs is there in the legacy style or on request only", async () => {
  for (
    const [style, use, isThere] of [["spec", undefined, false], ["legacy", undefined, true], [
      "spec",
      true,
      true,
    ], ["legacy", false, false]] as const
  ) {
    const service = new Featured();
    service.responseStyle = style;
    service.useIntrospection = use;

    const reply = await call(service, "get_service_specs");

    assertEquals(reply.error?.code ?? 0, isThere ? 0 : -32601);
    if (!isThere) continue;
    assertEquals(reply.result.name, "featured");
    assertEquals(reply.result.methods.add, "Adds.\n\nTwo numbers.");
    assertStringIncludes(reply.result.methods.fail, "Deprecated");
    assertEquals(reply.result.accessible_at, "http://127.0.0.1:8000/api");
  }
});

Deno.test("statistics count calls that reached their method", async () => {
  const service = new Featured();
  service.useStatistics = true;
  await call(service, "add", [1, 2]);
  await call(service, "add", [1]);
  await call(service, "fail");
  await call(service, "nothing");
  await (await notify(service, "add", [1, 2])).text();

  const { result } = await call(service, "statistics");

  assertEquals(result.method_calls_count, 3);
  assertEquals(Object.keys(result.method_calls), ["add", "fail"]);
  const { total_calls, success_calls, failed_calls } = result.method_calls.add;
  assertEquals([total_calls, success_calls, failed_calls], [2, 2, 0]);
  assertEquals(result.method_calls.fail.failed_calls, 1);
  assert(result.method_calls.add.average_resp_time >= 0);
});

Deno.test("statistics count a thenable by what becomes of it", async () => {
  const service = new Featured();
  service.useStatistics = true;
  service.expose(
    "broken",
    () => ({ then: (_: unknown, reject: (error: Error) => void) => reject(new Error("x")) }),
  );
  await call(service, "broken");

  const { result } = await call(service, "statistics");

  assertEquals(result.method_calls.broken.failed_calls, 1);
});

Deno.test("statistics of one service know nothing of another", async () => {
  const [first, second] = [new Featured(), new Featured()];
  for (const service of [first, second]) service.useStatistics = true;
  await call(first, "add", [1, 2]);

  assertEquals((await call(second, "statistics")).result.method_calls, {});
});

Deno.test("the access log has verb, path and status, and no query", async () => {
  const service = new Featured();
  service.useAccessLog = true;
  await (await post(service, "{", {}, "/api?token=swordfish")).text();
  await (await post(service, "{", {}, "/a%0d%0ab")).text();

  assertEquals(service.memory.records.map(({ level, message }) => [level, message]), [
    ["info", "POST /api 200"],
    ["info", "POST /a%0d%0ab 404"],
  ]);
  assertEquals(typeof service.memory.records[0]!.properties!.durationMs, "number");
});

Deno.test("getCurrentConfiguration() describes the settings as they are", async () => {
  const service = new Featured();
  service.port = 1234;

  const { port, accessibleAt, accessControl } = await service.getCurrentConfiguration();

  assertEquals([port, accessibleAt], [1234, "http://127.0.0.1:1234/api"]);
  assertEquals(accessControl, { validationStrategies: ["HeaderValidationStrategy"] });
});
