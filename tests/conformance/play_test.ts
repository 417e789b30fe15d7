import { assertEquals, assertMatch } from "@std/assert";
import type { CaseStep } from "./case.ts";
import { startFixture } from "./fixture.ts";
import { playCase } from "./play.ts";

const CASE = { id: "X-01", feature: "F-00" };

function callEcho(value: string, expected: string): CaseStep {
  return {
    request: {
      method: "POST",
      path: "/api",
      headers: { "content-type": "application/json" },
      body: { jsonrpc: "2.0", method: "echo", params: [value], id: 1 },
    },
    expect: { status: 200, json: { jsonrpc: "2.0", result: expected, id: 1 } },
  };
}

Deno.test("playCase() finds no fault in a case that passes", async () => {
  await using fixture = await startFixture(["main"]);

  const faults = await playCase({ ...CASE, ...callEcho("a", "a") }, fixture.bases.main!);

  assertEquals(faults, []);
});

Deno.test("playCase() names the step that failed and plays the others", async () => {
  await using fixture = await startFixture(["main"]);
  const steps = [callEcho("a", "a"), callEcho("b", "x"), callEcho("c", "x")];

  const faults = await playCase({ ...CASE, steps }, fixture.bases.main!);

  assertEquals(faults.map((fault) => fault.slice(0, 12)), ["step 2: body", "step 3: body"]);
});

Deno.test("playCase() reports a service that is not there", async () => {
  const fixture = await startFixture(["main"]);
  await fixture[Symbol.asyncDispose]();

  const faults = await playCase({ ...CASE, ...callEcho("a", "a") }, fixture.bases.main!);

  assertEquals(faults.length, 1);
  assertMatch(faults[0]!, /ECONNREFUSED/);
});
