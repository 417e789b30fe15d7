import { assertEquals, assertInstanceOf, assertMatch, assertRejects, assertThrows } from "@std/assert";
import {
  CallAbortedError,
  InternalError,
  ServiceNotFoundError,
  TransportError,
} from "@gemstone/gemstone/client";
import { HttpDiscoveryStrategy } from "@gemstone/gemstone/discovery";
import { type Answer, answerResult, send, type TestServer, withServer } from "../client/test_server.ts";
import { waitUntil, within } from "../support/wait_until.ts";

const URL_A = "http://10.0.0.1:8000/api";
const signal = new AbortController().signal;

/** Runs a test with several servers. */
async function withServers(answers: readonly Answer[], test: (...servers: TestServer[]) => Promise<void>) {
  const [first, ...rest] = answers;
  if (first === undefined) return await test();
  await withServer(first, (server) => withServers(rest, (...others) => test(server, ...others)));
}

/** Fails every call with a JSON-RPC error. */
function answerError(code: number, message: string): Answer {
  return (request, response) =>
    send(response, { jsonrpc: "2.0", error: { code, message }, id: request.body.id });
}

const answerNever: Answer = () => {};

Deno.test("HttpDiscoveryStrategy announces by the protocol of Python gemstone", async () => {
  await withServer(answerResult(null), async (server) => {
    await new HttpDiscoveryStrategy(server.url).ping("svc", URL_A, { signal });

    const [request] = server.requests;
    assertEquals([request?.verb, request?.headers["content-type"]], ["POST", "application/json"]);
    const { id, ...rest } = request?.body;
    assertEquals(rest, { jsonrpc: "2.0", method: "ping", params: { name: "svc", url: URL_A } });
    assertMatch(id, /^[a-z]{10}$/);
  });
});

Deno.test("HttpDiscoveryStrategy looks up by the protocol of Python gemstone", async () => {
  await withServer(answerResult([URL_A]), async (server) => {
    const urls = await new HttpDiscoveryStrategy(server.url).locate("svc.*", { signal });

    const { id, ...rest } = server.requests[0]?.body;
    assertEquals(rest, { jsonrpc: "2.0", method: "locate_service", params: { name: "svc.*" } });
    assertMatch(id, /^[a-z]{10}$/);
    assertEquals(urls, [URL_A]);
  });
});

Deno.test("HttpDiscoveryStrategy reads an answer in the shape of Python gemstone", async () => {
  await withServer((request, response) => {
    send(response, { jsonrpc: "2.0", id: request.body.id, result: [URL_A], error: null });
  }, async (server) => {
    assertEquals(await new HttpDiscoveryStrategy(server.url).locate("svc", { signal }), [URL_A]);
  });
});

for (const nothing of [null, []]) {
  Deno.test(`HttpDiscoveryStrategy takes the answer ${JSON.stringify(nothing)} for none`, async () => {
    await withServer(answerResult(nothing), async (server) => {
      assertEquals(await new HttpDiscoveryStrategy(server.url).locate("svc", { signal }), []);
    });
  });
}

Deno.test("HttpDiscoveryStrategy announces to all registries, though one fails", async () => {
  await withServers(
    [answerResult(null), answerError(-32603, "full"), answerResult(null)],
    async (a, b, c) => {
      const strategy = new HttpDiscoveryStrategy([a.url, b.url, c.url]);

      await assertRejects(() => strategy.ping("svc", URL_A, { signal }), InternalError, b.url);

      assertEquals([a, b, c].map((server) => server.requests.length), [1, 1, 1]);
    },
  );
});

Deno.test("HttpDiscoveryStrategy gives all reasons when several registries fail", async () => {
  await withServers([answerError(1, "first"), answerError(2, "second")], async (a, b) => {
    const strategy = new HttpDiscoveryStrategy([a.url, b.url]);

    const error = await assertRejects(() => strategy.ping("svc", URL_A, { signal }), AggregateError);

    assertMatch(error.message, /^Cannot call "ping" of 2 of 2 registries: .*first; .*second$/);
    assertEquals(error.errors.length, 2);
  });
});

Deno.test("HttpDiscoveryStrategy asks one registry after the other, beginning with the last that knew", async () => {
  await withServers([answerError(1, "down"), answerResult([]), answerResult([URL_A])], async (a, b, c) => {
    const strategy = new HttpDiscoveryStrategy([a.url, b.url, c.url]);

    assertEquals(await strategy.locate("svc", { signal }), [URL_A]);
    assertEquals(await strategy.locate("svc", { signal }), [URL_A]);

    assertEquals([a, b, c].map((server) => server.requests.length), [1, 1, 2]);
  });
});

Deno.test("HttpDiscoveryStrategy goes round to the registries in front of the last that knew", async () => {
  let isUp = true;
  await withServers([
    answerResult(["http://first.test/"]),
    (request, response) => answerResult(isUp ? [URL_A] : [])(request, response),
  ], async (a, b) => {
    const strategy = new HttpDiscoveryStrategy([a.url.replace("/api", "/none"), b.url]);
    a.requests.length = 0;
    await strategy.locate("svc", { signal });
    isUp = false;

    assertEquals(await strategy.locate("svc", { signal }), ["http://first.test/"]);
  });
});

Deno.test("HttpDiscoveryStrategy says who failed when the other registries know nobody", async () => {
  await withServers([answerError(1, "down"), answerResult([])], async (a, b) => {
    const error = await assertRejects(
      () => new HttpDiscoveryStrategy([a.url, b.url]).locate("svc", { signal }),
      ServiceNotFoundError,
    );

    assertMatch(
      error.message,
      /^Cannot find service "svc": 1 of 2 registries failed and .*know none: .*down$/,
    );
    assertInstanceOf(error.cause, AggregateError);
    assertEquals(error.cause.errors.length, 1);
  });
});

Deno.test("HttpDiscoveryStrategy knows nobody when all registries have said so", async () => {
  await withServers([answerResult([]), answerResult(null)], async (a, b) => {
    const strategy = new HttpDiscoveryStrategy([a.url, b.url]);

    assertEquals(await strategy.locate("svc", { signal }), []);
    assertEquals(await strategy.locate("svc", { signal, isThorough: true }), []);
  });
});

Deno.test("HttpDiscoveryStrategy asks all registries for all that they know when it is to be thorough", async () => {
  const other = "http://10.0.0.2:8000/api";
  await withServers(
    [answerError(1, "down"), answerResult([URL_A]), answerResult([URL_A, other])],
    async (a, b, c) => {
      const strategy = new HttpDiscoveryStrategy([a.url, b.url, c.url]);

      assertEquals(await strategy.locate("svc", { signal, isThorough: true }), [URL_A, other]);

      assertEquals([a, b, c].map((server) => server.requests.length), [1, 1, 1]);
    },
  );
});

Deno.test("HttpDiscoveryStrategy waits for all registries at the same time when it is to be thorough", async () => {
  await withServers([answerNever, answerNever, answerResult([URL_A])], async (a, b, c) => {
    const controller = new AbortController();
    const strategy = new HttpDiscoveryStrategy([a.url, b.url, c.url]);

    const located = strategy.locate("svc", { signal: controller.signal, isThorough: true });
    const ended = assertRejects(() => located, CallAbortedError);
    await waitUntil("all are asked", () => [a, b, c].every((server) => server.requests.length === 1));
    controller.abort();

    await within(1_000, "it ends", ended);
  });
});

Deno.test("HttpDiscoveryStrategy begins behind a registry that took all the time there was", async () => {
  await withServers([answerNever, answerResult([URL_A])], async (a, b) => {
    const strategy = new HttpDiscoveryStrategy([a.url, b.url]);
    const controller = new AbortController();
    const first = assertRejects(() => strategy.locate("svc", { signal: controller.signal }));
    await waitUntil("it is asked", () => a.requests.length === 1);
    controller.abort();
    await within(1_000, "it ends", first);

    const urls = await within(1_000, "the other one is asked", strategy.locate("svc", { signal }));

    assertEquals([urls, a.requests.length], [[URL_A], 1]);
  });
});

Deno.test("HttpDiscoveryStrategy begins behind a registry that failed, though the next one knows nobody", async () => {
  await withServers([answerError(1, "down"), answerResult([])], async (a, b) => {
    const strategy = new HttpDiscoveryStrategy([a.url, b.url]);
    await assertRejects(() => strategy.locate("svc", { signal }));
    const order: string[] = [];
    for (const [name, server] of Object.entries({ a, b })) {
      server.requests.push = (...requests) => (order.push(name), requests.length);
    }

    await assertRejects(() => strategy.locate("svc", { signal }));

    assertEquals(order, ["b", "a"]);
  });
});

Deno.test("HttpDiscoveryStrategy can not tell when all registries fail", async () => {
  await withServers([answerError(1, "first"), answerResult("no list")], async (a, b) => {
    const error = await assertRejects(
      () => new HttpDiscoveryStrategy([a.url, b.url]).locate("svc", { signal }),
      AggregateError,
      "Cannot ask any of 2 registries",
    );

    assertEquals(error.errors.length, 2);
  });
});

Deno.test("HttpDiscoveryStrategy gives up a registry after timeoutMs and asks the next one", async () => {
  await withServers([answerNever, answerResult([URL_A])], async (a, b) => {
    const strategy = new HttpDiscoveryStrategy([a.url, b.url], { timeoutMs: 500 });

    assertEquals(await strategy.locate("svc", { signal }), [URL_A]);
  });
});

Deno.test("HttpDiscoveryStrategy ends its question, and asks nobody else, when the signal aborts", async () => {
  await withServers([answerNever, answerResult([URL_A])], async (a, b) => {
    const controller = new AbortController();
    const strategy = new HttpDiscoveryStrategy([a.url, b.url]);
    const located = strategy.locate("svc", { signal: controller.signal });
    const pinged = new HttpDiscoveryStrategy(a.url).ping("svc", URL_A, { signal: controller.signal });

    controller.abort();

    await within(1_000, "it ends", assertRejects(() => located, CallAbortedError));
    await within(1_000, "it ends", assertRejects(() => pinged));
    assertEquals(b.requests.length, 0);
  });
});

Deno.test("HttpDiscoveryStrategy takes back what was announced from all registries", async () => {
  await withServers([answerResult(true), answerError(-32601, "Method not found")], async (a, b) => {
    await new HttpDiscoveryStrategy([a.url, b.url]).withdraw("svc", URL_A, { signal });

    for (const server of [a, b]) {
      assertEquals(server.requests[0]?.body.method, "unregister");
      assertEquals(server.requests[0]?.body.params, { name: "svc", url: URL_A });
    }
  });
});

Deno.test("HttpDiscoveryStrategy says when a registry can not take it back", async () => {
  await withServers([answerError(-32603, "broken"), answerResult(true)], async (a, b) => {
    const strategy = new HttpDiscoveryStrategy([a.url, b.url]);

    await assertRejects(() => strategy.withdraw("svc", URL_A, { signal }), InternalError);

    assertEquals(b.requests.length, 1);
  });
});

Deno.test("HttpDiscoveryStrategy authenticates and sends headers", async () => {
  await withServer(answerResult(null), async (server) => {
    const options = { auth: { type: "header", token: "s3cret" }, headers: { "x-zone": "b" } } as const;

    await new HttpDiscoveryStrategy(server.url, options).ping("svc", URL_A, { signal });

    const { headers } = server.requests[0]!;
    assertEquals([headers["x-api-token"], headers["x-zone"]], ["s3cret", "b"]);
  });
});

Deno.test("HttpDiscoveryStrategy sends with the fetch that it was given, once to a URL that is listed twice", async () => {
  const asked: string[] = [];
  const strategy = new HttpDiscoveryStrategy(["http://r.test/api", "http://R.test:80/api"], {
    fetch: (url) => {
      asked.push(url);
      return Promise.reject(new Error("down"));
    },
  });

  const error = await assertRejects(() => strategy.ping("svc", URL_A, { signal }));

  assertInstanceOf(error, TransportError);
  assertEquals(asked, ["http://r.test/api"]);
});

for (
  const wrong of [[], "", "r.test", "ftp://r.test/", "http://u:p@r.test/", [5], null, undefined, 5, {}, [
    "http://r.test/",
    "",
  ]]
) {
  Deno.test(`HttpDiscoveryStrategy refuses the registries ${JSON.stringify(wrong)}`, () => {
    assertThrows(() => new HttpDiscoveryStrategy(wrong as string), TypeError);
  });
}

Deno.test("HttpDiscoveryStrategy refuses a time limit that is none", () => {
  assertThrows(() => new HttpDiscoveryStrategy("http://r.test/", { timeoutMs: 0 }), RangeError);
});
