import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import process from "node:process";
import { setImmediate as nextTurn } from "node:timers/promises";
import { AsyncMethodCall } from "../../src/client/async_method_call.ts";
import { MethodCall } from "../../src/client/call.ts";
import { RemoteService } from "../../src/client/remote_service.ts";
import { CallAbortedError, NotFinishedError, TransportError, UnknownRemoteError } from "../../src/errors.ts";
import { answerResult, send, withServer } from "./test_server.ts";

Deno.test("AsyncMethodCall gives the value after wait()", async () => {
  await withServer(answerResult("hello world"), async (server) => {
    const call = new RemoteService(server.url).callMethodAsync("say_hello", ["world"]);

    const result = await call.wait();

    assertEquals(result.value, "hello world");
    assertEquals(call.finished(), true);
    assertEquals(call.successful(), true);
    assertEquals(call.result(), "hello world");
    assertStrictEquals(call.error(), undefined);
    assertStrictEquals(result.methodCall, call.methodCall);
  });
});

Deno.test("AsyncMethodCall tells null from no value", async () => {
  await withServer(answerResult(null), async (server) => {
    const call = new RemoteService(server.url).callMethodAsync("f");

    assertStrictEquals(await call, null);
    assertStrictEquals(call.result(), null);
  });
});

Deno.test("AsyncMethodCall throws NotFinishedError before the answer", async () => {
  await withServer(answerResult(1), async (server) => {
    const call = new RemoteService(server.url).callMethodAsync("f");

    assertEquals(call.finished(), false);
    assertThrows(() => call.result(), NotFinishedError, '"f"');
    assertThrows(() => call.error(), NotFinishedError);
    assertThrows(() => call.successful(), NotFinishedError);

    await call;
  });
});

Deno.test("AsyncMethodCall keeps the error that the service answers with", async () => {
  const error = { code: 4001, message: "Out of stock", data: "a1" };
  await withServer(
    (request, response) => send(response, { jsonrpc: "2.0", error, id: request.body.id }),
    async (server) => {
      const call = new RemoteService(server.url).callMethodAsync("reserve");

      const result = await call.wait();

      assertInstanceOf(call.error(), UnknownRemoteError);
      assertStrictEquals(call.error(), result.error);
      assertStrictEquals(call.result(), undefined);
      assertEquals(call.successful(), false);
      await assertRejects(() => Promise.resolve(call), UnknownRemoteError, "Out of stock");
    },
  );
});

Deno.test("AsyncMethodCall throws the transport error again from result()", async () => {
  const service = new RemoteService("http://service.test/", {
    fetch: () => Promise.reject(new Error("down")),
  });
  const call = service.callMethodAsync("f");

  const error = await assertRejects(() => call.wait(), TransportError, "down");

  assertEquals(call.finished(), true);
  assertEquals(call.successful(), false);
  assertStrictEquals(assertThrows(() => call.result(), TransportError), error);
  assertStrictEquals(call.error(), error);
});

Deno.test("AsyncMethodCall is no unhandled rejection when nobody awaits it", async () => {
  const unhandled: unknown[] = [];
  const listener = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", listener);
  const service = new RemoteService("http://service.test/", {
    fetch: () => Promise.reject(new Error("down")),
  });

  const call = service.callMethodAsync("f");
  while (!call.finished()) await nextTurn();
  await nextTurn();
  process.off("unhandledRejection", listener);

  assertEquals(unhandled, []);
});

Deno.test("abort() ends the request on the wire", async () => {
  await withServer(() => call?.abort("enough"), async (server) => {
    call = new RemoteService(server.url).callMethodAsync("f");

    const error = await assertRejects(() => call?.wait() ?? Promise.resolve(), CallAbortedError);

    assertEquals(error.cause, "enough");
    await server.requests[0]?.cut;
    assertEquals(server.requests.length, 1);
  });
});
let call: AsyncMethodCall | undefined;

Deno.test("abort() does nothing when the call has finished", async () => {
  await withServer(answerResult(1), async (server) => {
    const call = new RemoteService(server.url).callMethodAsync("f");
    await call;

    call.abort();

    assertEquals(call.result(), 1);
    assertEquals(await call, 1);
  });
});

Deno.test("callMethodAsync() ends with the signal of the caller too", async () => {
  const controller = new AbortController();
  await withServer(() => controller.abort("enough"), async (server) => {
    const call = new RemoteService(server.url).callMethodAsync("f", [], { signal: controller.signal });

    await assertRejects(() => call.wait(), CallAbortedError);

    await server.requests[0]?.cut;
    assertEquals(server.requests.length, 1);
  });
});

Deno.test("AsyncMethodCall() makes a RemoteServiceError of any failure of its task", async () => {
  const call = new AsyncMethodCall(new MethodCall("f"), () => Promise.reject("odd"));

  const error = await assertRejects(() => call.wait(), TransportError, "odd");

  assertEquals(error.cause, "odd");
});
