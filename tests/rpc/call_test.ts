import { assertEquals } from "@std/assert";
import { type CallScope, createMethod, Dispatcher } from "@gemstone/gemstone/rpc";
import { createGate } from "../support/service.ts";

Deno.test("dispatch() ends a call that never ends after its time limit", async () => {
  const never = await createMethod("never", () => new Promise(() => {}), undefined, { timeoutMs: 20 });
  const dispatcher = new Dispatcher(new Map([["never", never]]));

  const text = await dispatcher.dispatch({ jsonrpc: "2.0", method: "never", id: 1 }, undefined);

  assertEquals(JSON.parse(text!).error, {
    code: -32002,
    message: "Call timed out",
    data: { reason: 'Call of "never" took longer than 20 ms' },
  });
});

Deno.test("a private method is denied before its params are looked at, and without hooks always", async () => {
  const secret = await createMethod("secret", (a: number) => a, undefined, { private: true });
  for (const authorise of [undefined, () => false, () => Promise.resolve(0), () => null]) {
    const dispatcher = new Dispatcher<undefined, object>(new Map([["secret", secret]]), {
      openContext: () => ({}),
      authorise,
    });

    const text = await dispatcher.dispatch(
      { jsonrpc: "2.0", method: "secret", params: [1, 2, 3], id: 1 },
      undefined,
    );

    assertEquals(text, '{"jsonrpc":"2.0","error":{"code":-32001,"message":"Access denied"},"id":1}');
  }
});

Deno.test("a method does not run when its time was over before the caller was authorised", async () => {
  const gate = createGate<boolean>();
  let ran = false;
  const secret = await createMethod("secret", () => ran = true, undefined, { private: true, timeoutMs: 10 });
  const dispatcher = new Dispatcher<undefined, object>(new Map([["secret", secret]]), {
    openContext: () => ({}),
    authorise: () => gate.promise,
  });

  const text = await dispatcher.dispatch({ jsonrpc: "2.0", method: "secret", id: 1 }, undefined);
  gate.open(true);
  await new Promise((resolve) => setTimeout(resolve, 5));

  assertEquals(JSON.parse(text!).error.code, -32002);
  assertEquals(ran, false);
});

for (
  const [what, fail, isNews] of [
    ["the reason of the signal", (signal: AbortSignal) => signal.reason, false],
    ["an AbortError", () => new DOMException("x", "AbortError"), false],
    ["an error of its own", () => new TypeError("a fault in the clean-up"), true],
  ] as const
) {
  Deno.test(`a method that throws ${what} after its time limit is ${isNews ? "" : "not "}reported again`, async () => {
    const reported: unknown[] = [];
    const ended = createGate();
    const slow = await createMethod<CallScope>(
      "slow",
      async (scope: CallScope) => {
        const signal = scope.follow(() => new AbortController().signal);
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        setTimeout(ended.open, 0);
        throw fail(signal);
      },
      undefined,
      { requiresHandlerReference: true, timeoutMs: 10, params: [] },
    );
    const dispatcher = new Dispatcher<undefined, CallScope>(new Map([["slow", slow]]), {
      openContext: (_caller, scope) => scope,
      onError: (error) => reported.push(error),
    });

    await dispatcher.dispatch({ jsonrpc: "2.0", method: "slow", id: 1 }, undefined);
    await ended.promise;

    assertEquals(reported.length, isNews ? 2 : 1);
  });
}
