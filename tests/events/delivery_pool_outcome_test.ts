import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { NonRetryableError } from "../../src/errors.ts";
import { createEvent, createPool, end, type Handle } from "./delivery_pool_fixture.ts";

const fault = new Error("a fault");

for (
  const [name, handle] of [
    ["returns nothing", () => {}],
    ["returns null", () => null],
    ["returns an object", () => ({ then: 1 })],
    ["returns a function", () => () => {}],
    ["resolves", () => Promise.resolve(1)],
    ["is an async function", async () => {}],
    ["returns a thenable", () => ({ then: (resolve: () => void) => resolve() })],
    [
      "returns a function that is a thenable",
      () => Object.assign(() => {}, { then: (resolve: () => void) => resolve() }),
    ],
    ["returns a thenable that resolves twice", () => ({
      then(resolve: () => void) {
        resolve();
        resolve();
      },
    })],
    ["returns a thenable that resolves and throws", () => ({
      then(resolve: () => void) {
        resolve();
        throw new Error("too late");
      },
    })],
    ["returns a thenable that resolves and rejects", () => ({
      then(resolve: () => void, reject: () => void) {
        resolve();
        reject();
      },
    })],
  ] as [string, Handle][]
) {
  Deno.test(`DeliveryPool settles as done, once, what a handler does that ${name}`, async () => {
    const harness = createPool(handle, { localRetryDelaysMs: [0] });

    harness.pool.push("a", createEvent("1"));
    await end(harness);

    assertEquals(harness.settled, ["a done"]);
    assertEquals(harness.counters.handled, 1);
  });
}

for (
  const [name, handle, error] of [
    ["throws", () => {
      throw fault;
    }, fault],
    ["throws undefined", () => {
      throw undefined;
    }, undefined],
    ["throws null", () => {
      throw null;
    }, null],
    ["rejects", () => Promise.reject(fault), fault],
    ["rejects with undefined", () => Promise.reject(), undefined],
    ["returns a thenable that rejects twice", () => ({
      then(_resolve: () => void, reject: (error: Error) => void) {
        reject(fault);
        reject(fault);
      },
    }), fault],
    ["returns a thenable that rejects and resolves", () => ({
      then(resolve: () => void, reject: (error: Error) => void) {
        reject(fault);
        resolve();
      },
    }), fault],
    ["returns a thenable that throws", () => ({
      then() {
        throw fault;
      },
    }), fault],
    ["returns an object whose then can not be read", () =>
      Object.defineProperty({}, "then", {
        get() {
          throw fault;
        },
      }), fault],
    ["returns a promise whose then throws", () =>
      Object.assign(Promise.resolve(), {
        then() {
          throw fault;
        },
      }), fault],
    ["returns a promise whose then rejects twice", () =>
      Object.assign(Promise.resolve(), {
        then(_resolve: () => void, reject: (error: Error) => void) {
          reject(fault);
          reject(fault);
        },
      }), fault],
    [
      "returns a promise whose constructor can not be read",
      () =>
        Object.defineProperty(Promise.resolve(), "constructor", {
          get() {
            throw fault;
          },
        }),
      fault,
    ],
  ] as [string, Handle, unknown][]
) {
  Deno.test(`DeliveryPool settles as to be retried, once, what a handler does that ${name}`, async () => {
    let calls = 0;
    const harness = createPool((event, signal) => (calls++, handle(event, signal)), {
      localRetryDelaysMs: [0],
    });

    harness.pool.push("a", createEvent("1"));
    await end(harness);

    assertEquals(harness.settled, ["a retry"]);
    assertStrictEquals((harness.outcomes[0] as { error: unknown }).error, error);
    assertEquals(calls, 2);
    assertEquals(harness.counters.handled, 0);
  });
}

for (
  const [name, error, isFinal] of [
    ["a NonRetryableError", new NonRetryableError("no"), true],
    [
      "one of another copy of the package",
      Object.assign(new Error("no"), { code: "ERR_EVENT_NON_RETRYABLE" }),
      true,
    ],
    ["an object with that code", { code: "ERR_EVENT_NON_RETRYABLE" }, false],
    [
      "an error whose code can not be read",
      Object.defineProperty(new Error("no"), "code", {
        get() {
          throw fault;
        },
      }),
      false,
    ],
    ["a proxy that is revoked", revokedProxy(), false],
  ] as [string, unknown, boolean][]
) {
  Deno.test(`DeliveryPool ${isFinal ? "gives up at once" : "tries again"} after ${name}`, async () => {
    let calls = 0;
    const harness = createPool(() => {
      calls++;
      throw error;
    }, { localRetryDelaysMs: [0, 0] });

    harness.pool.push("a", createEvent());
    await end(harness);

    assertEquals(harness.settled, [isFinal ? "a dead" : "a retry"]);
    assertEquals(calls, isFinal ? 1 : 3);
    if (isFinal) assertEquals(harness.outcomes, [{ kind: "dead", reason: "non_retryable", error }]);
  });
}

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

for (const [attempt, kind] of [[1, "retry"], [2, "retry"], [3, "dead"], [1000, "dead"]] as const) {
  Deno.test(`DeliveryPool settles as ${kind} the failed delivery ${attempt} of at most 3`, async () => {
    const harness = createPool(() => Promise.reject(fault), { maxAttempts: 3 });

    harness.pool.push("a", createEvent("1", attempt));
    await end(harness);

    assertEquals(harness.settled, [`a ${kind}`]);
    if (kind === "dead") assertEquals(harness.outcomes, [{ kind, reason: "max_attempts", error: fault }]);
  });
}

Deno.test("DeliveryPool succeeds with a later try, and pauses as told between tries", async () => {
  const times: number[] = [];
  const harness = createPool(() => {
    times.push(performance.now());
    if (times.length < 3) throw fault;
  }, { localRetryDelaysMs: [0, 30] });

  harness.pool.push("a", createEvent());
  await end(harness);

  assertEquals(harness.settled, ["a done"]);
  assert(times[2]! - times[1]! >= 28, `${times[2]! - times[1]!} ms`);
});
