import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { RemoteService } from "../../src/client/remote_service.ts";
import { Result } from "../../src/client/result.ts";
import { MethodCall, Notification } from "../../src/client/call.ts";
import { InvalidParamsError, InvalidResponseError } from "../../src/errors.ts";
import { answerResult, answerWith, send, withServer } from "./test_server.ts";

Deno.test("RemoteService() makes no request", async () => {
  await withServer(answerResult(null), (server) => {
    const service = new RemoteService(server.url);

    assertEquals(service.url, server.url);
    assertStrictEquals(service.name, undefined);
    assertEquals(server.requests.length + server.connections, 0);
    return Promise.resolve();
  });
});

for (
  const url of [
    "",
    "not a url",
    "/api",
    "ftp://127.0.0.1/api",
    "127.0.0.1:8000/api",
    "http://",
    "file:///etc/passwd",
  ]
) {
  Deno.test(`RemoteService() refuses the URL "${url}"`, () => {
    assertThrows(() => new RemoteService(url), TypeError, "Cannot create a RemoteService");
  });
}

Deno.test("RemoteService() refuses a password in the URL and does not show it", () => {
  const error = assertThrows(
    () => new RemoteService("http://ann:s3cret@127.0.0.1/api"),
    TypeError,
    "use auth",
  );

  assertEquals(error.message.includes("s3cret"), false);
});

Deno.test("RemoteService() takes a URL object", () => {
  const service = new RemoteService(new URL("http://127.0.0.1:8000/api"));

  assertEquals(service.url, "http://127.0.0.1:8000/api");
});

for (const timeoutMs of [0, -1, NaN, -Infinity]) {
  Deno.test(`RemoteService() refuses a timeoutMs of ${timeoutMs}`, async () => {
    assertThrows(() => new RemoteService("http://127.0.0.1/", { timeoutMs }), RangeError, "timeoutMs");
    const service = new RemoteService("http://127.0.0.1/");
    await assertRejects(() => service.callMethod("x", [], { timeoutMs }), RangeError, "timeoutMs");
  });
}

Deno.test("RemoteService() refuses a maxResponseBytes of 0", () => {
  assertThrows(() => new RemoteService("http://127.0.0.1/", { maxResponseBytes: 0 }), RangeError);
});

Deno.test("callMethod() posts one JSON-RPC request and resolves to the result", async () => {
  await withServer(answerResult("hello world"), async (server) => {
    const service = new RemoteService(server.url);

    const result = await service.callMethod("say_hello", ["world"]);

    const [request] = server.requests;
    assertEquals(result.value, "hello world");
    assertStrictEquals(result.error, undefined);
    assertEquals(result.methodCall.method, "say_hello");
    assertEquals(request?.verb, "POST");
    assertEquals(request?.path, "/api");
    assertEquals(request?.headers["content-type"], "application/json");
    assertEquals(request?.headers.accept, "application/json");
    assertEquals(request?.headers["user-agent"], "gemstone-client");
    assertEquals(request?.body, { jsonrpc: "2.0", method: "say_hello", params: ["world"], id: result.id });
  });
});

Deno.test("callMethod() sends named arguments", async () => {
  await withServer(answerResult(1), async (server) => {
    await new RemoteService(server.url).callMethod("f", { name: "world", skipped: undefined });

    assertEquals(server.requests[0]?.body.params, { name: "world" });
  });
});

Deno.test("callMethod() leaves params out when there are none", async () => {
  await withServer(answerResult(1), async (server) => {
    await new RemoteService(server.url).callMethod("f");

    assertEquals(Object.keys(server.requests[0]?.body), ["jsonrpc", "method", "id"]);
  });
});

Deno.test("callMethod() gives each call an id of its own", async () => {
  await withServer(answerResult(1), async (server) => {
    const service = new RemoteService(server.url);

    await Promise.all([service.callMethod("f"), service.callMethod("f"), service.callMethod("f")]);

    assertEquals(new Set(server.requests.map((request) => request.body.id)).size, 3);
  });
});

for (const id of [0, "", "abc", 7.5, -1]) {
  Deno.test(`callMethod() keeps the given id ${JSON.stringify(id)}`, async () => {
    await withServer(answerResult(1), async (server) => {
      const result = await new RemoteService(server.url).callMethod(new MethodCall("f", [], id));

      assertStrictEquals(result.id, id);
      assertStrictEquals(server.requests[0]?.body.id, id);
    });
  });
}

Deno.test("callMethod() puts an error of the service into the result", async () => {
  const error = { code: -32602, message: "Invalid params", data: { missing: ["name"] } };
  await withServer(
    (request, response) => send(response, { jsonrpc: "2.0", error, id: request.body.id }),
    async (server) => {
      const result = await new RemoteService(server.url).callMethod("say_hello");

      assertStrictEquals(result.value, undefined);
      assertStrictEquals(result.error instanceof InvalidParamsError, true);
      assertEquals(result.error?.rpcCode, -32602);
      assertEquals(result.error?.data, { missing: ["name"] });
      assertThrows(() => result.unwrap(), InvalidParamsError, "Invalid params");
    },
  );
});

Deno.test("callMethod() sends the arguments as they were when it was called", async () => {
  await withServer(answerResult(1), async (server) => {
    const params = ["before"];

    const pending = new RemoteService(server.url).callMethod("f", params);
    params[0] = "after";
    await pending;

    assertEquals(server.requests[0]?.body.params, ["before"]);
  });
});

const cycle: Record<string, unknown> = {};
cycle.self = cycle;

const hostile = {
  toJSON: () => {
    throw new Error("no");
  },
};

for (
  const [name, params] of [
    ["a BigInt", [1n]],
    ["a cycle", [cycle]],
    ["a toJSON that throws", [hostile]],
    ["a string", "world"],
    ["a number", 1],
    ["null", null],
    ["a Map", new Map()],
    ["a Date", new Date(0)],
    ["a function", () => 1],
  ] as const
) {
  Deno.test(`callMethod() refuses params of ${name} before any request`, async () => {
    await withServer(answerResult(1), async (server) => {
      const service = new RemoteService(server.url);
      const wrong = params as unknown as unknown[];

      await assertRejects(() => service.callMethod("f", wrong), TypeError, 'Cannot call "f"');
      await assertRejects(() => service.notify("f", wrong), TypeError, 'Cannot call "f"');
      assertThrows(() => service.callMethodAsync("f", wrong), TypeError, 'Cannot call "f"');

      assertEquals(server.requests.length, 0);
    });
  });
}

Deno.test("callMethod() sends deeply nested params, or refuses them with a TypeError", async () => {
  let deep: unknown[] = [];
  for (let level = 0; level < 100_000; level++) deep = [deep];
  await withServer(answerResult(1), async (server) => {
    // How deep JSON.stringify goes differs between runtimes.
    const outcome = await new RemoteService(server.url).callMethod("f", deep).catch((error: unknown) =>
      error
    );

    assert(outcome instanceof Result || outcome instanceof TypeError, String(outcome));
  });
});

Deno.test("callMethod() refuses what is neither a name nor a MethodCall", async () => {
  const service = new RemoteService("http://127.0.0.1/");

  await assertRejects(() => service.callMethod(""), TypeError, "not empty");
  for (const call of [undefined, null, 1, {}, new Notification("f")]) {
    await assertRejects(
      () => service.callMethod(call as unknown as string),
      TypeError,
      "Cannot call a method",
    );
  }
});

Deno.test("callMethod() refuses params beside a MethodCall", async () => {
  const service = new RemoteService("http://127.0.0.1/");

  await assertRejects(() => service.callMethod(new MethodCall("f"), [1]), TypeError, "left out");
});

Deno.test("notify() sends no id and resolves to nothing", async () => {
  await withServer((_request, response) => response.writeHead(204).end(), async (server) => {
    const outcome = await new RemoteService(server.url).notify("log", ["started"]);

    assertStrictEquals(outcome, undefined);
    assertEquals(server.requests[0]?.body, { jsonrpc: "2.0", method: "log", params: ["started"] });
  });
});

Deno.test("notify() takes a Notification", async () => {
  await withServer((_request, response) => response.writeHead(204).end(), async (server) => {
    await new RemoteService(server.url).notify(new Notification("log", { line: "x" }));

    assertEquals(server.requests[0]?.body, { jsonrpc: "2.0", method: "log", params: { line: "x" } });
  });
});

Deno.test("RemoteService() uses the connection again", async () => {
  await withServer(answerResult("x".repeat(100_000)), async (server) => {
    const service = new RemoteService(server.url);

    for (let count = 0; count < 20; count++) await service.callMethod("f");

    assertEquals(server.requests.length, 20);
    // The runtime may open another before the first is back in its pool.
    assert(server.connections <= 4, `${server.connections} connections`);
  });
});

Deno.test("RemoteService() uses the connection again after answers that it refuses", async () => {
  await withServer(answerWith("<html>"), async (server) => {
    const service = new RemoteService(server.url);

    for (let count = 0; count < 5; count++) {
      await assertRejects(() => service.callMethod("f"), InvalidResponseError);
    }

    assert(server.connections <= 2, `${server.connections} connections`);
  });
});
