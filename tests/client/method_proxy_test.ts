import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { inspect } from "node:util";
import { AsyncMethodCall } from "../../src/client/async_method_call.ts";
import { RemoteService } from "../../src/client/remote_service.ts";
import { InternalError, MethodNotFoundError, TransportError } from "../../src/errors.ts";
import { answerResult, send, type TestServer, withServer } from "./test_server.ts";

/** Runs a test with a service that answers `"done"` to everything. */
function withService(test: (service: RemoteService, server: TestServer) => Promise<void>): Promise<void> {
  return withServer(answerResult("done"), (server) => test(new RemoteService(server.url), server));
}

function sentParams(server: TestServer): unknown[] {
  return server.requests.map((request) => request.body.params);
}

Deno.test("methods resolves to the bare result", async () => {
  await withService(async (service, server) => {
    const value = await service.methods.say_hello("world");

    assertEquals(value, "done");
    assertEquals(server.requests[0]?.body.method, "say_hello");
    assertEquals(server.requests[0]?.body.params, ["world"]);
  });
});

Deno.test("methods sends one plain object as arguments by name", async () => {
  await withService(async (service, server) => {
    await service.methods.f({ name: "world" });
    await service.methods.f(Object.assign(Object.create(null), { name: "world" }));
    await service.methods.f({});

    assertEquals(sentParams(server), [{ name: "world" }, { name: "world" }, {}]);
  });
});

Deno.test("methods sends anything else by position", async () => {
  await withService(async (service, server) => {
    await service.methods.f({ a: 1 }, { b: 2 });
    await service.methods.f([1, 2]);
    await service.methods.f(null);
    await service.methods.f(new Date(0));
    await service.methods.f(1, undefined, 2, undefined);

    assertEquals(sentParams(server), [[{ a: 1 }, { b: 2 }], [[1, 2]], [null], ["1970-01-01T00:00:00.000Z"], [
      1,
      null,
      2,
    ]]);
  });
});

Deno.test("methods leaves params out when there are no arguments", async () => {
  await withService(async (service, server) => {
    await service.methods.f();
    await service.methods.f(undefined);

    assertEquals(server.requests.map((request) => "params" in request.body), [false, false]);
  });
});

Deno.test("methods takes dotted names nested and indexed", async () => {
  await withService(async (service, server) => {
    await service.methods.users.register("ann");
    await service.methods["users.register"]("ann");
    await service.methods.a.b.c.d();
    await service.methods.users.name();

    assertEquals(server.requests.map((request) => request.body.method), [
      "users.register",
      "users.register",
      "a.b.c.d",
      "users.name",
    ]);
  });
});

Deno.test("methods gives functions that can be kept and called later", async () => {
  await withService(async (service, server) => {
    const { say_hello } = service.methods;

    const values = await Promise.all(["Ann", "Bob"].map((name) => say_hello(name)));

    assertEquals(values, ["done", "done"]);
    assertEquals(sentParams(server).length, 2);
  });
});

Deno.test("methods rejects with the class of the error", async () => {
  const error = { code: -32601, message: "Method not found" };
  await withServer(
    (request, response) => send(response, { jsonrpc: "2.0", error, id: request.body.id }),
    async (server) => {
      await assertRejects(() => new RemoteService(server.url).methods.nope(), MethodNotFoundError);
    },
  );
});

Deno.test("methods rejects with TypeError when JSON can not carry the arguments", async () => {
  await withService(async (service, server) => {
    await assertRejects(() => service.methods.f(1n), TypeError, "BigInt");

    assertEquals(server.requests.length, 0);
  });
});

Deno.test("methods sends no request for what the language looks up", async () => {
  await withService(async (service, server) => {
    for (
      const proxy of [service.methods, service.methods.users, service.notifications, service.asyncMethods]
    ) {
      assertStrictEquals(await proxy, proxy);
      assertStrictEquals(await Promise.resolve(proxy), proxy);
      assertStrictEquals(proxy.then, undefined);
      assertStrictEquals(proxy.toJSON, undefined);
      assertStrictEquals(proxy[Symbol.iterator], undefined);
      assertStrictEquals(proxy[Symbol.asyncDispose], undefined);
      assertEquals(typeof `${proxy}`, "string");
      assertEquals(typeof String(proxy), "string");
      assertEquals(Number.isNaN(Number(proxy)), true);
      assertEquals(typeof inspect(proxy), "string");
      assertEquals(typeof JSON.stringify({ proxy, list: [proxy] }), "string");
      assertEquals(Object.keys(proxy), []);
      assert(typeof proxy.constructor === "function");
      assertThrows(() => structuredClone(proxy.say_hello));
    }
    assertEquals(server.requests.length, 0);
  });
});

Deno.test("methods can not be assigned to", () => {
  const { methods } = new RemoteService("http://127.0.0.1/");

  assertThrows(() => methods.say_hello = () => {}, TypeError);
  assertThrows(() => delete methods.say_hello, TypeError);
  assertThrows(() => Object.defineProperty(methods, "x", { value: 1 }), TypeError);
});

Deno.test("methods is itself no function", () => {
  const { methods } = new RemoteService("http://127.0.0.1/");

  assertThrows(() => methods("say_hello"), TypeError);
});

Deno.test("methods calls names that objects inherit in JavaScript", async () => {
  await withService(async (service, server) => {
    await service.methods.__defineGetter__("x");
    await service.methods.__proto__();
    await service.methods.users.call(1);

    assertEquals(server.requests.map((request) => request.body.method), [
      "__defineGetter__",
      "__proto__",
      "users.call",
    ]);
  });
});

Deno.test("notifications sends a notification and resolves to undefined", async () => {
  await withServer((_request, response) => response.writeHead(204).end(), async (server) => {
    const outcome = await new RemoteService(server.url).notifications.log.line({ text: "x" });

    assertStrictEquals(outcome, undefined);
    assertEquals(server.requests[0]?.body, { jsonrpc: "2.0", method: "log.line", params: { text: "x" } });
  });
});

Deno.test("notifications rejects when the service does not take it", async () => {
  const service = new RemoteService("http://service.test/", {
    fetch: () => Promise.reject(new Error("down")),
  });

  await assertRejects(() => service.notifications.log("x"), TransportError, "down");
});

Deno.test("asyncMethods gives a call under way", async () => {
  await withService(async (service) => {
    const call = service.asyncMethods.say_hello("world");

    assertInstanceOf(call, AsyncMethodCall);
    assertEquals(call.finished(), false);
    assertEquals(await call, "done");
  });
});

Deno.test("asyncMethods gives a call that fails with the class of the error", async () => {
  const error = { code: -32603, message: "Internal error" };
  await withServer(
    (request, response) => send(response, { jsonrpc: "2.0", error, id: request.body.id }),
    async (server) => {
      const call = new RemoteService(server.url).asyncMethods.fail();

      await assertRejects(() => Promise.resolve(call), InternalError);
    },
  );
});
