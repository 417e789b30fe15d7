import { assertEquals, assertStrictEquals } from "@std/assert";
import { pause, waitUntil } from "../../support/wait_until.ts";
import { createPublisher } from "./scripted_channel.ts";

Deno.test("onStalled is called once when the broker confirms nothing", async () => {
  using bench = createPublisher({ confirmWatchdogMs: 60 });
  const startMs = performance.now();
  bench.attach();
  const promise = bench.publish("1");

  await waitUntil("it is noticed", () => bench.stalls.length > 0);

  const tookMs = performance.now() - startMs;
  assertStrictEquals(tookMs >= 50, true);
  assertStrictEquals(bench.stalls[0]!.message, "The broker has confirmed nothing for 60 ms");
  void bench.publish("2").catch(() => {});
  await pause(150);
  assertStrictEquals(bench.stalls.length, 1);
  const next = bench.attach();
  assertEquals(next.ids, ["1", "2"]);
  next.confirmAll();
  await promise;
});

Deno.test("onStalled is called when a channel takes nothing and nobody says that it has closed", async () => {
  using bench = createPublisher({ confirmWatchdogMs: 30 });
  bench.attach().error = new Error("Channel closed");

  const promise = bench.publish("1");

  await waitUntil("it is noticed", () => bench.stalls.length === 1);
  bench.attach().confirmAll();
  await promise;
});

for (
  const [name, act] of [
    ["nothing is to be confirmed", (): void => {}],
    ["the broker is blocked", (bench: ReturnType<typeof createPublisher>): void => {
      void bench.publish("1").catch(() => {});
      bench.publisher.setBlocked(true);
    }],
    ["the channel is gone", (bench: ReturnType<typeof createPublisher>): void => {
      void bench.publish("1").catch(() => {});
      bench.publisher.detach();
    }],
  ] as const
) {
  Deno.test(`onStalled is not called while ${name}`, async () => {
    using bench = createPublisher({ confirmWatchdogMs: 30 });
    bench.attach();

    act(bench);

    await pause(120);
    assertEquals(bench.stalls, []);
  });
}

Deno.test("onStalled is not called while confirmations come, though slowly", async () => {
  using bench = createPublisher({ confirmWatchdogMs: 450 });
  const channel = bench.attach();
  const promises = ["1", "2", "3", "4", "5", "6"].map((id) => bench.publish(id));

  for (const id of ["1", "2", "3", "4", "5", "6"]) {
    await pause(120);
    channel.confirm(id);
  }

  await Promise.all(promises);
  assertEquals(bench.stalls, []);
});

Deno.test("onStalled is called when the broker is silent after it was blocked", async () => {
  using bench = createPublisher({ confirmWatchdogMs: 30 });
  bench.attach();
  void bench.publish("1").catch(() => {});
  bench.publisher.setBlocked(true);

  bench.publisher.setBlocked(false);

  await waitUntil("it is noticed", () => bench.stalls.length === 1);
});
