import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { getEventListeners } from "node:events";
import { RemoteService } from "../../src/client/remote_service.ts";
import type { FetchFunction } from "../../src/client/remote_service_options.ts";
import { CallAbortedError, CallTimeoutError, TransportError } from "../../src/errors.ts";
import { waitUntil } from "../support/wait_until.ts";
import { type Answer, answerResult, withServer } from "./test_server.ts";

const NO_ANSWER: Answer = () => {};

const HALF_ANSWER: Answer = (_request, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.write('{"jsonrpc":"2.0",');
};

/** A `fetch` that never ends, whatever its signal says. */
const DEAF_FETCH: FetchFunction = () => new Promise(() => {});

for (const answer of [NO_ANSWER, HALF_ANSWER]) {
  const when = answer === NO_ANSWER ? "no answer came" : "half an answer came";

  Deno.test(`callMethod() ends the request on the wire when the time is up and ${when}`, async () => {
    await withServer(answer, async (server) => {
      const service = new RemoteService(server.url, { timeoutMs: 300 });

      const error = await assertRejects(() => service.callMethod("f"), CallTimeoutError, "within 300 ms");

      assertEquals(error.timeoutMs, 300);
      await server.requests[0]?.cut;
      assertEquals(server.requests.length, 1);
    });
  });

  Deno.test(`callMethod() ends the request on the wire when aborted and ${when}`, async () => {
    const controller = new AbortController();
    const reason = new Error("no longer wanted");
    const abortSoon: Answer = (request, response) => {
      answer(request, response);
      controller.abort(reason);
    };
    await withServer(abortSoon, async (server) => {
      const service = new RemoteService(server.url);

      const error = await assertRejects(
        () => service.callMethod("f", [], { signal: controller.signal }),
        CallAbortedError,
        "aborted",
      );

      assertStrictEquals(error.cause, reason);
      await server.requests[0]?.cut;
      assertEquals(server.requests.length, 1);
    });
  });
}

Deno.test("callMethod() prefers its own timeoutMs", async () => {
  await withServer(NO_ANSWER, async (server) => {
    const service = new RemoteService(server.url, { timeoutMs: Infinity });

    await assertRejects(() => service.callMethod("f", [], { timeoutMs: 20 }), CallTimeoutError, "20 ms");
  });
});

for (const timeoutMs of [Infinity, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
  Deno.test(`callMethod() does not time out at once with a timeoutMs of ${timeoutMs}`, async () => {
    await withServer(answerResult(1), async (server) => {
      const result = await new RemoteService(server.url, { timeoutMs }).callMethod("f");

      assertEquals(result.value, 1);
    });
  });
}

Deno.test("callMethod() times out also when fetch does not heed its signal", async () => {
  const service = new RemoteService("http://service.test/", { fetch: DEAF_FETCH, timeoutMs: 20 });

  await assertRejects(() => service.callMethod("f"), CallTimeoutError);
});

Deno.test("callMethod() times out also while authentication hangs", async () => {
  const auth = () => new Promise<void>(() => {});
  const service = new RemoteService("http://service.test/", { auth, timeoutMs: 20 });

  await assertRejects(() => service.callMethod("f"), CallTimeoutError);
});

Deno.test("callMethod() makes no request when it is aborted during authentication", async () => {
  const controller = new AbortController();
  let release = () => {};
  let requests = 0;
  const service = new RemoteService("http://service.test/", {
    auth: () => new Promise((resolve) => release = resolve),
    fetch: () => {
      requests++;
      return new Response();
    },
  });
  const call = service.callMethod("f", [], { signal: controller.signal });
  // The first call loads the code that authenticates.
  await service.callMethod("g", [], { timeoutMs: 20 }).catch(() => {});

  controller.abort();
  release();

  await assertRejects(() => call, CallAbortedError);
  assertEquals(requests, 0);
});

Deno.test("callMethod() makes no request when a signal is aborted from the start", async () => {
  await withServer(answerResult(1), async (server) => {
    const signal = AbortSignal.abort("gone");

    await assertRejects(() => new RemoteService(server.url, { signal }).callMethod("f"), CallAbortedError);
    await assertRejects(() => new RemoteService(server.url).notify("f", [], { signal }), CallAbortedError);

    assertEquals(server.requests.length, 0);
  });
});

Deno.test("RemoteService() ends all calls under way when its signal is aborted", async () => {
  const controller = new AbortController();
  const service = new RemoteService("http://service.test/", { fetch: DEAF_FETCH, signal: controller.signal });
  const calls = [service.callMethod("f"), service.notify("g"), service.callMethodAsync("h").wait()];
  const failures = calls.map((call) => assertRejects(() => call, CallAbortedError));

  controller.abort();

  await Promise.all(failures);
});

Deno.test("callMethod() leaves no listener on a long-lived signal", async () => {
  const { signal } = new AbortController();
  await withServer(answerResult(1), async (server) => {
    const service = new RemoteService(server.url, { signal });

    await Promise.all(Array.from({ length: 5 }, () => service.callMethod("f", [], { signal })));
    await service.notify("f");
    const deaf = new RemoteService(server.url, { signal, fetch: DEAF_FETCH, timeoutMs: 5 });
    await assertRejects(() => deaf.callMethod("f", [], { signal }), CallTimeoutError);

    assertEquals(getEventListeners(signal, "abort").length, 0);
  });
});

Deno.test("callMethod() has one listener on a signal of many calls, and ends them all", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  let open = 0;
  const fetch: FetchFunction = (...args) => (open++, DEAF_FETCH(...args));
  const service = new RemoteService("http://service.test/", { fetch });
  const calls = Array.from({ length: 20 }, () => service.callMethod("f", [], { signal }));
  const failures = calls.map((call) => assertRejects(() => call, CallAbortedError));

  await waitUntil("all are sent", () => open === 20);
  assertEquals(getEventListeners(signal, "abort").length, 1);
  await assertRejects(() => service.callMethod("f", [], { signal, timeoutMs: 5 }), CallTimeoutError);
  assertEquals(getEventListeners(signal, "abort").length, 1);
  controller.abort();

  await Promise.all(failures);
  assertEquals(getEventListeners(signal, "abort").length, 0);
});

Deno.test("callMethod() leaves no timer behind", async () => {
  const started: unknown[] = [];
  const cleared: unknown[] = [];
  const { setTimeout, clearTimeout } = globalThis;
  const start = (...args: Parameters<typeof setTimeout>) => {
    const timer = setTimeout(...args);
    if (args[1] === 12_345) started.push(timer);
    return timer;
  };
  await withServer(answerResult(1), async (server) => {
    Object.assign(globalThis, {
      setTimeout: start,
      clearTimeout: (timer: number) => {
        cleared.push(timer);
        clearTimeout(timer);
      },
    });
    try {
      const answered = new RemoteService(server.url, { timeoutMs: 12_345 }).callMethod("f");
      const failed = new RemoteService("http://service.test/", {
        timeoutMs: 12_345,
        fetch: () => Promise.reject(new Error("down")),
      }).callMethod("f");
      await assertRejects(() => failed, TransportError);
      assertEquals((await answered).value, 1);
    } finally {
      Object.assign(globalThis, { setTimeout, clearTimeout });
    }
  });

  assertEquals(started.length, 2);
  assertEquals(started.filter((timer) => !cleared.includes(timer)), []);
});

Deno.test("callMethod() gives fetch a signal that is aborted when the call has failed", async () => {
  let given: AbortSignal | null | undefined;
  const fetch: FetchFunction = (_url, { signal }) => {
    given = signal;
    return DEAF_FETCH("", {});
  };

  await assertRejects(() =>
    new RemoteService("http://service.test/", { fetch, timeoutMs: 5 }).callMethod("f")
  );

  assertStrictEquals(given?.aborted, true);
});
