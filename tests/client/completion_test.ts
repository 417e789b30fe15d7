import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { AsyncMethodCall } from "../../src/client/async_method_call.ts";
import { MethodCall } from "../../src/client/call.ts";
import { asCompleted, firstCompleted, makeCallbacks } from "../../src/client/completion.ts";
import { Result } from "../../src/client/result.ts";
import { InternalError, type RemoteServiceError, TransportError } from "../../src/errors.ts";

/** A call that finishes when the test says so. */
interface ManualCall {
  readonly call: AsyncMethodCall<string>;
  succeed(value: string): void;
  answerError(): void;
  fail(): void;
}

function createCall(name: string): ManualCall {
  const methodCall = new MethodCall(name);
  let resolve: (result: Result<string>) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const call = new AsyncMethodCall<string>(methodCall, () =>
    new Promise((resolveCall, rejectCall) => {
      resolve = resolveCall;
      reject = rejectCall;
    }));
  return {
    call,
    succeed: (value) => resolve(new Result<string>(methodCall, 1, { value })),
    answerError: () =>
      resolve(new Result<string>(methodCall, 1, { error: new InternalError("Internal error") })),
    fail: () => reject(new TransportError("down")),
  };
}

Deno.test("asCompleted() gives the calls in the order in which they finish", async () => {
  const [a, b, c] = [createCall("a"), createCall("b"), createCall("c")];
  const order: unknown[] = [];

  const completed = asCompleted(a.call, b.call, c.call);
  b.fail();
  await b.call.wait().catch(() => {}); // the test is about the order
  c.succeed("C");
  await c.call;
  a.answerError();
  for await (const call of completed) order.push(call);

  assertEquals(order.length, 3);
  [b, c, a].forEach(({ call }, index) => assertStrictEquals(order[index], call));
});

Deno.test("asCompleted() gives a call as soon as it has finished", async () => {
  const [a, b] = [createCall("a"), createCall("b")];
  const completed = asCompleted(a.call, b.call);
  b.succeed("B");

  const first = await completed.next();

  assertStrictEquals(first.value, b.call);
  assertEquals(first.value?.result(), "B");
  assertEquals(a.call.finished(), false);
  a.succeed("A");
});

Deno.test("asCompleted() gives nothing for no calls", async () => {
  const seen: unknown[] = [];

  for await (const call of asCompleted()) seen.push(call);

  assertEquals(seen, []);
});

Deno.test("asCompleted() ends when its loop is left, and the calls run on", async () => {
  const [a, b] = [createCall("a"), createCall("b")];
  const completed = asCompleted(a.call, b.call);
  a.succeed("A");

  for await (const _call of completed) break;
  const after = await completed.next();
  b.succeed("B");

  assertEquals(after.done, true);
  assertEquals(await b.call, "B");
});

for (const wrong of [undefined, null, "x", Promise.resolve(1), new MethodCall("f")]) {
  Deno.test(`asCompleted() throws at once for ${Object.prototype.toString.call(wrong)} ${String(wrong)}`, async () => {
    const calls = [wrong] as unknown as AsyncMethodCall[];

    assertThrows(() => asCompleted(...calls), TypeError, "argument 0");
    await assertRejects(() => firstCompleted(...calls), TypeError, "argument 0");
    await assertRejects(() => makeCallbacks(calls, { onResult() {}, onError() {} }), TypeError, "argument 0");
  });
}

Deno.test("firstCompleted() resolves to the result of the first call and leaves the others running", async () => {
  const [a, b] = [createCall("a"), createCall("b")];
  const first = firstCompleted(a.call, b.call);
  b.succeed("B");

  const result = await first;

  assertEquals(result.value, "B");
  assertStrictEquals(result.methodCall, b.call.methodCall);
  assertEquals(a.call.finished(), false);
  a.succeed("A");
  assertEquals(await a.call, "A");
});

Deno.test("firstCompleted() keeps an error of the service in the result", async () => {
  const a = createCall("a");
  a.answerError();

  const result = await firstCompleted(a.call);

  assertEquals(result.error?.rpcCode, -32603);
});

Deno.test("firstCompleted() rejects when the first call had no answer", async () => {
  const [a, b] = [createCall("a"), createCall("b")];
  b.fail();

  await assertRejects(() => firstCompleted(a.call, b.call), TransportError, "down");
  a.succeed("A");
});

Deno.test("firstCompleted() rejects without calls", async () => {
  await assertRejects(() => firstCompleted(), TypeError, "there is no call");
});

Deno.test("makeCallbacks() hands values and errors over in the order in which the calls finish", async () => {
  const [a, b, c] = [createCall("a"), createCall("b"), createCall("c")];
  const seen: string[] = [];
  const done = makeCallbacks([a.call, b.call, c.call], {
    onResult: (value, call) => seen.push(`${call.methodCall.method} ${value}`),
    onError: (error: RemoteServiceError, call) => seen.push(`${call.methodCall.method} ${error.code}`),
  });

  c.fail();
  await c.call.wait().catch(() => {}); // the test is about the order
  b.answerError();
  await b.call.wait();
  a.succeed("A");
  await done;

  assertEquals(seen, ["c ERR_TRANSPORT", "b ERR_INTERNAL", "a A"]);
});

for (const [concurrent, expected] of [[false, 1], [true, 3]] as const) {
  Deno.test(`makeCallbacks() runs at most ${expected} of three callbacks at a time with concurrent ${concurrent}`, async () => {
    const calls = ["a", "b", "c"].map((name) => createCall(name));
    calls.forEach(({ succeed }) => succeed("x"));
    let running = 0;
    let most = 0;
    const onResult = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 0));
      running--;
    };

    await makeCallbacks(calls.map(({ call }) => call), { onResult, onError() {}, concurrent });

    assertEquals(most, expected);
    assertEquals(running, 0);
  });

  Deno.test(`makeCallbacks() calls every callback before it reports the errors of some, with concurrent ${concurrent}`, async () => {
    const calls = ["a", "b", "c"].map((name) => createCall(name));
    calls.forEach(({ succeed, call }) => succeed(call.methodCall.method));
    const seen: string[] = [];
    const onResult = (value: string) => {
      seen.push(value);
      if (value !== "b") throw new Error(value);
    };

    const error = await assertRejects(
      () => makeCallbacks(calls.map(({ call }) => call), { onResult, onError() {}, concurrent }),
      AggregateError,
      "2 callbacks",
    );

    assertEquals(seen, ["a", "b", "c"]);
    assertEquals(error.errors.map((failure: Error) => failure.message), ["a", "c"]);
  });
}
