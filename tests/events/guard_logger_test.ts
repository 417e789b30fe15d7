import { assertEquals } from "@std/assert";
import { guardLogger } from "../../src/events/guard_logger.ts";
import { createMemoryLogger } from "../support/service.ts";

Deno.test("guardLogger() passes on what is logged", () => {
  const logger = createMemoryLogger();

  guardLogger(logger).warn("careful", { id: 1 });

  assertEquals(logger.records, [{ level: "warn", message: "careful", properties: { id: 1 } }]);
});

for (const [what, broken] of [["throws", thrower()], ["lacks a level", {}], ["is null", null]] as const) {
  Deno.test(`guardLogger() swallows the error of a logger that ${what}`, () => {
    const logger = guardLogger(broken as never);

    for (const level of ["debug", "info", "warn", "error"] as const) {
      assertEquals(logger[level]("x"), undefined);
    }
  });
}

function thrower() {
  const fail = () => {
    throw new Error("disk full");
  };
  return { debug: fail, info: fail, warn: fail, error: fail };
}
