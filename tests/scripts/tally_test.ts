/** Parts that run side by side. */
import { assertEquals, assertLess } from "@std/assert";
import { DENO, HeldOutput, run } from "../../scripts/tasks/process.ts";
import { type Outcome, Tally } from "../../scripts/tasks/tally.ts";

const NOTHING: Outcome = { passed: 0, failed: 0, skipped: 0 };

Deno.test("Tally.addSideBySide() runs lanes at once, their parts in turn, and counts all", async () => {
  const tally = new Tally();
  const story: string[] = [];
  const part = (name: string, outcome: Partial<Outcome>) => ({
    name,
    work: async (held?: HeldOutput): Promise<Outcome> => {
      story.push(`${name} begins${held === undefined ? "" : ", held"}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      story.push(`${name} ends`);
      return { ...NOTHING, ...outcome };
    },
  });

  await tally.addSideBySide([[part("a", { passed: 1 })], [], [
    part("b", { passed: 2 }),
    part("c", { failed: 1 }),
  ]]);

  assertEquals(story.slice().sort(), [
    "a begins",
    "a ends",
    "b begins, held",
    "b ends",
    "c begins, held",
    "c ends",
  ]);
  assertLess(story.indexOf("b begins, held"), story.indexOf("a ends"));
  assertLess(story.indexOf("b ends"), story.indexOf("c begins, held"));
  assertEquals(tally.report(), 1);
});

Deno.test("run() keeps what a program prints when it is held, and its exit code", async () => {
  const held = new HeldOutput();

  const evaluate = DENO.includes("deno") ? "eval" : "-e";
  const code = await run([DENO, evaluate, "console.log(1); console.error(2); process.exit(3)"], { held });

  assertEquals(code, 3);
  assertEquals(held.text().split("\n").sort(), ["", "1", "2"]);
});
