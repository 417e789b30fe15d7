import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import type { Authentication } from "../../src/client/authentication.ts";
import { RemoteService } from "../../src/client/remote_service.ts";
import { MethodCall, Notification } from "../../src/client/call.ts";
import { TransportError } from "../../src/errors.ts";
import { answerResult, answerWith, type ReceivedRequest, withServer } from "./test_server.ts";

/** What the service gets when a client with these settings calls it. */
async function receive(auth: Authentication, headers: HeadersInit = {}): Promise<ReceivedRequest> {
  let received: ReceivedRequest | undefined;
  await withServer(answerResult(1), async (server) => {
    await new RemoteService(server.url, { auth, headers }).callMethod("f");
    received = server.requests[0];
  });
  assert(received !== undefined);
  return received;
}

for (
  const [name, auth, header, value] of [
    ["in X-Api-Token by default", { type: "header", token: "s3cret" }, "x-api-token", "s3cret"],
    ["in a header of its own", { type: "header", token: "s3cret", name: "X-Key" }, "x-key", "s3cret"],
    [
      "behind a scheme",
      { type: "header", token: "s3cret", name: "Authorization", scheme: "Bearer" },
      "authorization",
      "Bearer s3cret",
    ],
    ["in the cookie AuthToken by default", { type: "cookie", token: "s3cret" }, "cookie", "AuthToken=s3cret"],
    [
      "in a cookie of its own",
      { type: "cookie", token: "s3=cret", name: "AuthCookie" },
      "cookie",
      "AuthCookie=s3=cret",
    ],
  ] as readonly (readonly [string, Authentication, string, string])[]
) {
  Deno.test(`RemoteService() sends the token ${name}`, async () => {
    const { headers, body } = await receive(auth);

    assertEquals(headers[header], value);
    assertEquals(Object.keys(body), ["jsonrpc", "method", "id"]);
  });
}

Deno.test("RemoteService() adds its cookie to those of the user", async () => {
  const { headers } = await receive({ type: "cookie", token: "s3cret" }, { cookie: "a=1; b=2" });

  assertEquals(headers.cookie, "a=1; b=2; AuthToken=s3cret");
});

Deno.test("RemoteService() sends the token as a member of the request", async () => {
  const { body } = await receive({ type: "member", token: "s3cret" });
  const { body: named } = await receive({ type: "member", token: "s3cret", name: "__proto__" });

  assertEquals(body.auth_token, "s3cret");
  assertEquals(Object.keys(named).includes("__proto__"), true);
});

Deno.test("RemoteService() sends the member in each element of a batch and in notifications", async () => {
  await withServer(answerWith("[]"), async (server) => {
    const service = new RemoteService(server.url, { auth: { type: "member", token: "s3cret" } });

    await service.callBatch(new MethodCall("a"), new Notification("b"));
    await service.notify("c").catch(() => {}); // the answer is of no interest here

    assertEquals(server.requests[0]?.body.map((item: { auth_token: string }) => item.auth_token), [
      "s3cret",
      "s3cret",
    ]);
    assertEquals(server.requests[1]?.body.auth_token, "s3cret");
  });
});

Deno.test("RemoteService() lets a function complete the headers of each request", async () => {
  let count = 0;
  const auth = async (headers: Headers) => {
    await Promise.resolve();
    headers.set("authorization", `Bearer ${++count}`);
  };
  await withServer(answerResult(1), async (server) => {
    const service = new RemoteService(server.url, { auth, headers: { "x-other": "kept" } });

    await service.callMethod("f");
    await service.callMethod("f");

    assertEquals(server.requests.map(({ headers }) => headers.authorization), ["Bearer 1", "Bearer 2"]);
    assertEquals(server.requests.map(({ headers }) => headers["x-other"]), ["kept", "kept"]);
  });
});

for (
  const failing of [() => {
    throw new Error("no token");
  }, () => Promise.reject(new Error("no token"))]
) {
  Deno.test("RemoteService() makes no request when authentication fails", async () => {
    await withServer(answerResult(1), async (server) => {
      const service = new RemoteService(server.url, { auth: failing });

      await assertRejects(() => service.callMethod("f"), TransportError, "no token");

      assertEquals(server.requests.length, 0);
    });
  });
}

Deno.test("RemoteService() sends the headers of the user but its own content type", async () => {
  const { headers } = await receive(() => {}, {
    "content-type": "text/plain",
    "user-agent": "mine",
    accept: "application/json;q=0.9",
    "x-trace": "1",
  });

  assertEquals(headers["content-type"], "application/json");
  assertEquals(headers["user-agent"], "mine");
  assertEquals(headers.accept, "application/json;q=0.9");
  assertEquals(headers["x-trace"], "1");
});

Deno.test("RemoteService() copies the headers it is given", async () => {
  const headers = new Headers({ "x-trace": "1" });
  await withServer(answerResult(1), async (server) => {
    const service = new RemoteService(server.url, { headers, auth: { type: "header", token: "s3cret" } });
    headers.set("x-trace", "2");

    await service.callMethod("f");

    assertEquals(server.requests[0]?.headers["x-trace"], "1");
    assertStrictEquals(headers.get("x-api-token"), null);
  });
});

for (
  const [name, auth] of [
    ["an empty token", { type: "header", token: "" }],
    ["a token that is no string", { type: "cookie", token: 5 }],
    ["no token", { type: "member" }],
    ["a line break in the token", { type: "header", token: "s3cret\r\nx-evil: 1" }],
    ["a token that a header can not hold", { type: "header", token: "s3cret→" }],
    ["a header name with a space", { type: "header", token: "s3cret", name: "a b" }],
    ["an empty header name", { type: "header", token: "s3cret", name: "" }],
    ["a semicolon in a cookie token", { type: "cookie", token: "s3cret; admin=1" }],
    ["a line break in a cookie token", { type: "cookie", token: "s3cret\n" }],
    ["a cookie name with an equals sign", { type: "cookie", token: "s3cret", name: "a=b" }],
    ["the member method", { type: "member", token: "s3cret", name: "method" }],
    ["the member id", { type: "member", token: "s3cret", name: "id" }],
    ["an unknown type", { type: "request", token: "s3cret" }],
    ["no type", { token: "s3cret" }],
  ] as const
) {
  Deno.test(`RemoteService() refuses authentication with ${name}`, () => {
    const error = assertThrows(
      () => new RemoteService("http://127.0.0.1/", { auth: auth as unknown as Authentication }),
      TypeError,
      "Cannot authenticate calls",
    );

    assertEquals(error.message.includes("s3cret"), false);
  });
}
