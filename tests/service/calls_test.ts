/** What a service answers to calls of each kind: limits, headers, errors. */
import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { Featured } from "../support/featured_service.ts";
import { call, notify, post, type Reply, send } from "../support/service.ts";

Deno.test("a call that never ends is ended by its timeoutMs", async () => {
  const reply = await call(new Featured(), "never");

  assertEquals([reply.error.code, reply.error.data.reason], [
    -32002,
    'Call of "never" took longer than 20 ms',
  ]);
});

Deno.test("callTimeoutMs ends calls that have no limit of their own", async () => {
  const service = new Featured();
  service.callTimeoutMs = 10;
  service.expose("hang", () => new Promise(() => {}));

  assertEquals((await call(service, "hang")).error.code, -32002);
});

Deno.test("a signal that is first looked at when the call is late is aborted", async () => {
  const service = new Featured();
  const reply = await call(service, "aborted");
  while (service.late === undefined) await new Promise((resolve) => setTimeout(resolve, 5));

  assertEquals(reply.error.code, -32002);
  assert(service.late.aborted);
  assertEquals(service.late.reason.name, "TimeoutError");
});

Deno.test("a method sets headers and cookies of the response", async () => {
  const service = new Featured();

  const response = await post(service, '{"jsonrpc":"2.0","method":"headers","id":1}', { cookie: "in=1" });

  assertEquals(JSON.parse(await response.text()).result, ["1", "POST", "featured"]);
  assertEquals(response.headers.get("x-answer"), "a");
  assertEquals(response.headers.get("content-type"), "application/json");
  const cookies = response.headers.getSetCookie();
  assertEquals(cookies.length, 2);
  assertMatch(cookies[0]!, /^c=v; .*HttpOnly/);
  assertMatch(cookies[0]!, /SameSite=Lax/);
  assertFalse(/HttpOnly/.test(cookies[1]!));
});

Deno.test("the calls of a batch share the response headers", async () => {
  const one = '{"jsonrpc":"2.0","method":"headers","params":["1"],"id":1}';

  const response = await post(new Featured(), `[${one},${one.replace('"1"', '"2"')}]`);
  await response.text();

  assertEquals(response.headers.get("x-answer"), "a2");
  assertEquals(response.headers.getSetCookie().length, 4);
});

Deno.test("no cookie or header can be split by its value", async () => {
  const service = new Featured();
  const response = await post(
    service,
    JSON.stringify({ jsonrpc: "2.0", method: "headers", params: ["\r\nx-evil: 1"], id: 1 }),
  );
  const reply = JSON.parse(await response.text());

  assertEquals(reply.error.code, -32603);
  assertEquals(response.headers.get("x-evil"), null);
});

Deno.test("an exception is logged with its method and tells the caller nothing", async () => {
  const service = new Featured();

  const reply = await call(service, "fail");

  assertEquals(reply.error, { code: -32603, message: "Internal error" });
  const [record] = service.memory.records;
  assertEquals([record?.level, (record?.properties?.error as Error).message], [
    "error",
    "the password is swordfish",
  ]);
  assertStringIncludes(record!.message, "fail");
});

Deno.test("the exception of a notification is logged", async () => {
  const service = new Featured();

  await (await notify(service, "fail")).text();

  assertEquals(service.memory.records.length, 1);
});

Deno.test("exposeErrorDetails tells class and message", async () => {
  const service = new Featured();
  service.exposeErrorDetails = true;

  const { error } = await call(service, "fail");

  assertEquals(error.data, { class: "TypeError", info: "the password is swordfish" });
});

Deno.test("an RpcError is not logged as a failure", async () => {
  const service = new Featured();

  assertEquals((await call(service, "refuse")).error, {
    code: 4001,
    message: "Out of stock",
    data: { sku: "a" },
  });
  assertEquals(service.memory.records, []);
});

Deno.test("a logger that throws does not cost the caller the answer", async () => {
  const service = new Featured();
  service.memory.error = () => {
    throw new Error("disk full");
  };

  assertEquals((await call(service, "fail")).error.code, -32603);
});

Deno.test("a batch of one call of each kind is answered in order", async () => {
  const replies = await send(new Featured(), [
    { jsonrpc: "2.0", method: "never", id: 1 },
    { jsonrpc: "2.0", method: "fail", id: 2 },
    { jsonrpc: "2.0", method: "refuse", id: 3 },
    { jsonrpc: "2.0", method: "add", params: { a: 1, b: 2 }, id: 4 },
    { jsonrpc: "2.0", method: "add", params: { a: 1, b: 2 } },
  ]) as Reply[];

  assertEquals(replies.map(({ id, error, result }) => [id, error?.code ?? result]), [
    [1, -32002],
    [2, -32603],
    [3, 4001],
    [4, 3],
  ]);
});

Deno.test("a service can be the default export of a module for deno serve", async () => {
  const { default: service } = { default: new Featured() };

  const response = await service.fetch(new Request("http://localhost/api"));
  await response.text();

  assertEquals([response.status, Object.hasOwn(service, "fetch")], [405, true]);
});
