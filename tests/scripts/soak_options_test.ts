import { assertEquals, assertThrows } from "@std/assert";
import { planFaults, planResets } from "../../scripts/soak/fault_plan.ts";
import { parseSoakOptions } from "../../scripts/soak/options.ts";

Deno.test("parseSoakOptions() soaks for 30 minutes on both runtimes by default", () => {
  assertEquals(parseSoakOptions([]), { minutes: 30, runtimes: ["deno", "node"], markdown: undefined });
});

Deno.test("parseSoakOptions() takes minutes, a runtime and a file", () => {
  const options = parseSoakOptions(["--minutes=1.5", "--runtime=node", "--markdown=soak.md"]);

  assertEquals(options, { minutes: 1.5, runtimes: ["node"], markdown: "soak.md" });
});

for (const text of ["", " ", "0", "-1", "0.1", "x", "1441", "Infinity"]) {
  Deno.test(`parseSoakOptions() refuses "${text}" minutes`, () => {
    assertThrows(() => parseSoakOptions([`--minutes=${text}`]), RangeError, `"${text}"`);
  });
}

for (const args of [["--runtime=bun"], ["--runtime=constructor"], ["--minute=1"], ["fast"]]) {
  Deno.test(`parseSoakOptions() refuses ${args}`, () => {
    assertThrows(() => parseSoakOptions(args), TypeError);
  });
}

Deno.test("planFaults() has the broker die twice in the first half, and a registry once in the second", () => {
  const plan = planFaults(1_800_000);

  assertEquals(plan.map(({ name }) => name), [
    "broker killed",
    "broker restarted",
    "registry killed",
    "registry started",
  ]);
  assertEquals(plan.map(({ atMs }) => Math.round(atMs)), [180_000, 540_000, 990_000, 1_260_000]);
});

Deno.test("planResets() leaves time before and after them", () => {
  assertEquals(planResets(60_000), { fromMs: 3000, forMs: 54_000 });
});
