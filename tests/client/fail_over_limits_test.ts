/** Calls to several instances that take too long or are not wanted any more. */
import { assertEquals, assertRejects } from "@std/assert";
import { CallAbortedError, CallTimeoutError } from "@gemstone/gemstone/client";
import { within } from "../support/wait_until.ts";
import { A, answer, B, type Behaviour, C, createClient, hang, REFUSED } from "./fail_over_fixture.ts";

Deno.test("callMethod() has one time limit for all tries", async () => {
  const { service, instances, asked } = createClient({ [A]: REFUSED, [B]: hang, [C]: answer }, {
    idempotent: true,
  });

  await within(
    5_000,
    "the call ends",
    assertRejects(() => service.callMethod("f", [], { timeoutMs: 50 }), CallTimeoutError, "within 50 ms"),
  );

  assertEquals([asked, instances.told], [[A, B], ["refused A", "refused B"]]);
});

for (
  const [name, behaviour] of [
    ["that never answers", hang],
    ["whose request heeds no signal", () => new Promise(() => {})],
  ] as readonly (readonly [string, Behaviour])[]
) {
  Deno.test(`callMethod() tells of an instance ${name} when the time is up`, async () => {
    const { service, instances, asked } = createClient({ [A]: behaviour, [B]: answer }, { timeoutMs: 20 });

    await within(5_000, "the call ends", assertRejects(() => service.callMethod("f"), CallTimeoutError));

    assertEquals([asked, instances.told], [[A], ["refused A"]]);
  });
}

Deno.test("callMethod() blames no instance when the time is up before one was asked", async () => {
  const { service, instances } = createClient({ [A]: answer }, { timeoutMs: 20 });
  instances.choose = () => new Promise(() => {}) as unknown as undefined;

  await within(5_000, "the call ends", assertRejects(() => service.callMethod("f"), CallTimeoutError));

  assertEquals(instances.told, []);
});

Deno.test("callMethod() blames no instance when the time is up while it looks for another one", async () => {
  const { service, instances, asked } = createClient(
    { [A]: REFUSED },
    { timeoutMs: 20 },
    () => new Promise(() => {}),
  );

  await within(5_000, "the call ends", assertRejects(() => service.callMethod("f"), CallTimeoutError));

  assertEquals([asked, instances.told], [[A], ["refused A", "refresh"]]);
});

Deno.test("callMethod() blames no instance when the caller ends the call", async () => {
  const controller = new AbortController();
  const { service, instances } = createClient({
    [A]: (body, signal) => {
      controller.abort(new CallTimeoutError(5, "of another call"));
      return hang(body, signal);
    },
  });

  await assertRejects(() => service.callMethod("f", [], { signal: controller.signal }), CallAbortedError);

  assertEquals(instances.told, []);
});

Deno.test("callMethod() ends all tries when the signal aborts", async () => {
  const controller = new AbortController();
  const { service, asked } = createClient({
    [A]: (body, signal) => {
      controller.abort("enough");
      return hang(body, signal);
    },
    [B]: answer,
  }, { idempotent: true });

  const error = await assertRejects(
    () => service.callMethod("f", [], { signal: controller.signal }),
    CallAbortedError,
  );

  assertEquals([error.cause, asked], ["enough", [A]]);
});

Deno.test("callMethod() does not go on when the signal aborts, whatever fetch says", async () => {
  const controller = new AbortController();
  const { service, asked } = createClient({
    [A]: () => {
      controller.abort();
      return Promise.reject(REFUSED);
    },
    [B]: answer,
  });

  await assertRejects(() => service.callMethod("f", [], { signal: controller.signal }), CallAbortedError);

  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(asked, [A]);
});
