import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  InvalidResponseError,
  MethodCall,
  Notification,
  RemoteService,
  ServiceNotFoundError,
  TransportError,
} from "@gemstone/gemstone/client";
import {
  A,
  answer,
  B,
  type Behaviour,
  C,
  createClient,
  REFUSED,
  RESET,
  STOPPED,
} from "./fail_over_fixture.ts";

Deno.test("callMethod() goes on to the next instance when one refuses the connection", async () => {
  const { service, instances, asked } = createClient({ [A]: REFUSED, [B]: answer, [C]: answer });

  const result = await service.callMethod("f");

  assertEquals(result.value, "ok");
  assertEquals(asked, [A, B]);
  assertEquals(instances.told, ["refused A", "answered B"]);
  assertEquals(service.url, B);
});

Deno.test("callMethod() does not go on when a connection broke, as the call may have run", async () => {
  const { service, instances, asked } = createClient({ [A]: RESET, [B]: answer });

  const error = await assertRejects(() => service.callMethod("f"), TransportError);

  assertEquals(
    error.message,
    `Cannot call "f" of service "workers.*" at ${A}: fetch failed: read ECONNRESET (1 instance was tried)`,
  );
  assertEquals([error.outcome, asked, instances.told], ["unknown", [A], []]);
});

for (
  const [name, options, callOptions, goesOn] of [
    ["marked idempotent", {}, { idempotent: true }, true],
    ["of a client that is marked idempotent", { idempotent: true }, undefined, true],
    ["marked as not idempotent itself", { idempotent: true }, { idempotent: false }, false],
  ] as const
) {
  Deno.test(`callMethod() ${goesOn ? "goes on" : "does not go on"} with a call ${name} when a connection broke`, async () => {
    const { service, asked } = createClient({ [A]: RESET, [B]: answer }, options);

    const outcome = await service.callMethod("f", [], callOptions).then(() => true, () => false);

    assertEquals([outcome, asked], [goesOn, goesOn ? [A, B] : [A]]);
  });
}

Deno.test("callMethod() goes on when a service says that it stopped before it began", async () => {
  const stopped = () => new Response(STOPPED, { status: 503 });
  const { service, instances, asked } = createClient({ [A]: stopped, [B]: answer });

  assertEquals((await service.callMethod("f")).value, "ok");
  assertEquals([asked, instances.told], [[A, B], ["refused A", "answered B"]]);
});

for (
  const [name, behaviour] of [
    ["that it stopped while the method ran", () => new Response(STOPPED, { status: 200 })],
    ["503 without saying why", () => new Response("<h1>Service unavailable</h1>", { status: 503 })],
    ["503 with JSON that says nothing", () => new Response("null", { status: 503 })],
    ["with something that is no JSON-RPC", () => new Response("hello")],
  ] as readonly (readonly [string, Behaviour])[]
) {
  Deno.test(`callMethod() does not go on when an instance answers ${name}`, async () => {
    const { service, instances, asked } = createClient({ [A]: behaviour, [B]: answer }, { idempotent: true });

    await service.callMethod("f").then((result) => assertEquals(result.error?.rpcCode, -32003), () => {});

    assertEquals([asked, instances.told], [[A], ["answered A"]]);
  });
}

Deno.test("callMethod() gives the answer when all instances say that they stopped", async () => {
  const stopped = () => new Response(STOPPED, { status: 503 });
  const { service, asked } = createClient({ [A]: stopped, [B]: stopped });

  const { error } = await service.callMethod("f");

  assertEquals([error?.rpcCode, asked], [-32003, [A, B]]);
});

Deno.test("callMethod() looks for instances anew, once, before it gives up", async () => {
  const { service, instances, asked } = createClient({ [A]: REFUSED, [B]: REFUSED }, {}, (urls) => {
    urls.push(C);
  });

  assertEquals((await service.callMethod("f")).value, "ok");
  assertEquals(asked, [A, B, C]);
  assertEquals(instances.told, ["refused A", "refused B", "refresh", "answered C"]);
});

Deno.test("callMethod() does not look for instances again and again", async () => {
  const names = ["d", "e", "f", "g"];
  const { service, instances } = createClient({ [A]: REFUSED }, {
    fetch: () => Promise.reject(REFUSED),
  }, (urls) => {
    urls.push(`http://${names.shift()}.test/api`);
  });

  await assertRejects(() => service.callMethod("f"), TransportError, "(2 instances were tried)");

  assertEquals(instances.told, ["refused A", "refresh", "refused B"]);
});

Deno.test("callMethod() fails when no instance takes the call, and says how many were tried", async () => {
  const { service, instances, asked } = createClient({ [A]: REFUSED, [B]: REFUSED });

  const error = await assertRejects(
    () => service.callMethod("f"),
    TransportError,
    "(2 instances were tried)",
  );

  assertStringIncludes(error.message, `"f" of service "workers.*" at ${B}`);
  assertEquals([error.outcome, asked], ["not-sent", [A, B]]);
  assertEquals(instances.told, ["refused A", "refused B", "refresh"]);
});

Deno.test("callMethod() does not say that a call was not sent when one of its tries may have run", async () => {
  const { service } = createClient({ [A]: RESET, [B]: REFUSED }, { idempotent: true });

  const error = await assertRejects(() => service.callMethod("f"), TransportError);

  assertEquals(error.outcome, "unknown");
});

Deno.test("callMethod() says why the last instance failed when no other can be looked up", async () => {
  const { service } = createClient({ [A]: REFUSED }, {}, () => {
    throw new ServiceNotFoundError("workers.*", "gone");
  });

  await assertRejects(() => service.callMethod("f"), TransportError, "(1 instance was tried)");
});

Deno.test("callMethod() fails as the search does when there is no instance to try", async () => {
  const { service, instances } = createClient({});
  instances.choose = () => {
    throw new ServiceNotFoundError("workers.*", "nobody");
  };

  await assertRejects(() => service.callMethod("f"), ServiceNotFoundError, "nobody");
});

Deno.test("callMethod() fails when instances come and go and none is left", async () => {
  const { service } = createClient({});

  const error = await assertRejects(() => service.callMethod("f"), TransportError, "no instance is known");

  assertEquals(error.outcome, "not-sent");
});

Deno.test("callMethod() tries no instance when the call can not be authenticated", async () => {
  const auth = () => Promise.reject(new Error("no token"));
  const { service, instances, asked } = createClient({ [A]: answer, [B]: answer }, { auth });

  await assertRejects(() => service.callMethod("f"), TransportError, "no token");

  assertEquals([asked, instances.told], [[], []]);
});

Deno.test("notify() goes on to the next instance", async () => {
  const { service, asked } = createClient({ [A]: REFUSED, [B]: answer });

  await service.notify("f");

  assertEquals(asked, [A, B]);
});

Deno.test("callBatch() goes on to the next instance", async () => {
  const { service, asked } = createClient({
    [A]: REFUSED,
    [B]: (body) =>
      Response.json(
        JSON.parse(body).flatMap((call: { id?: number }) =>
          call.id === undefined ? [] : [{ jsonrpc: "2.0", result: "ok", id: call.id }]
        ),
      ),
  });

  const results = await service.callBatch(new MethodCall("f"), new Notification("g"));

  assertEquals([...results].map((result) => result.value), ["ok"]);
  assertEquals(asked, [A, B]);
});

Deno.test("callBatch() names the service when an answer is wrong", async () => {
  const { service } = createClient({ [A]: () => new Response("[]") });

  const [result] = await service.callBatch(new MethodCall("f"));

  assertStringIncludes(String(result?.error?.message), 'of service "workers.*"');
});

Deno.test("methods go on to the next instance", async () => {
  const { service, asked } = createClient({ [A]: REFUSED, [B]: answer });

  assertEquals(await service.methods.f(), "ok");
  assertEquals(asked, [A, B]);
});

Deno.test("RemoteService takes nothing for instances that are none", () => {
  for (const wrong of [{}, null, undefined, { choose: 1 }, [], "workers.*"]) {
    let thrown: unknown;
    try {
      new RemoteService(wrong as unknown as string);
    } catch (error) {
      thrown = error;
    }
    assertEquals(thrown instanceof TypeError, true, String(wrong));
  }
});

Deno.test("callMethod() refuses an answer that is too long only once", async () => {
  const { service, asked } = createClient({ [A]: () => new Response("x".repeat(2000)), [B]: answer }, {
    maxResponseBytes: 1000,
    idempotent: true,
  });

  await assertRejects(() => service.callMethod("f"), InvalidResponseError);

  assertEquals(asked, [A]);
});
