import { assertEquals } from "@std/assert";
import { Deadlines } from "../../src/rpc/deadlines.ts";

Deno.test("Deadlines.start() ends limits in the order of their length", async () => {
  const deadlines = new Deadlines();
  const ended: string[] = [];

  await new Promise<void>((resolve) => {
    deadlines.start(200, () => {
      ended.push("200");
      resolve();
    });
    deadlines.start(1, () => ended.push("1a"));
    deadlines.start(1, () => ended.push("1b"));
  });

  assertEquals(ended, ["1a", "1b", "200"]);
});

Deno.test("Deadline.cancel() keeps a limit from ending and leaves no timer", async () => {
  const deadlines = new Deadlines();
  const ended: string[] = [];
  const cancelled = deadlines.start(1, () => ended.push("cancelled"));
  const kept = new Promise<void>((resolve) => deadlines.start(1, resolve));

  cancelled.cancel();
  cancelled.cancel();
  await kept;
  cancelled.cancel();

  assertEquals(ended, []);
});

Deno.test("Deadlines.expireAll() ends all limits once, those without end too", () => {
  const deadlines = new Deadlines();
  const ended: number[] = [];
  for (const limit of [Infinity, 60_000, 1]) deadlines.start(limit, () => ended.push(limit));

  deadlines.expireAll();
  deadlines.expireAll();

  assertEquals(ended, [Infinity, 60_000, 1]);
});

Deno.test("Deadlines.start() can be called while a limit ends", async () => {
  const deadlines = new Deadlines();

  const second = await new Promise<string>((resolve) =>
    deadlines.start(1, () => deadlines.start(1, () => resolve("second")))
  );

  assertEquals(second, "second");
});
