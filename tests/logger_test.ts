import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { createLogger, type LogLevel } from "@gemstone/gemstone";

const NOW = (): Date => new Date(0);

function write(format: "text" | "json", message: string, properties?: Record<string, unknown>): string {
  const lines: string[] = [];
  createLogger("orders", { format, now: NOW, write: (line) => lines.push(line) }).info(message, properties);
  assertEquals(lines.length, 1);
  return lines[0]!;
}

Deno.test("createLogger() writes lines for people", () => {
  assertEquals(
    write("text", "Taken", { sku: "a1", count: 2 }),
    '1970-01-01T00:00:00.000Z info  orders: Taken sku="a1" count=2',
  );
});

Deno.test("createLogger() writes JSON for machines", () => {
  assertEquals(JSON.parse(write("json", "Taken", { sku: "a1" })), {
    sku: "a1",
    time: "1970-01-01T00:00:00.000Z",
    level: "info",
    logger: "orders",
    message: "Taken",
  });
});

for (const level of ["debug", "info", "warn", "error"] as const) {
  Deno.test(`createLogger() of level ${level} writes nothing below it`, () => {
    const all: LogLevel[] = ["debug", "info", "warn", "error"];
    const lines: string[] = [];
    const logger = createLogger("x", { level, write: (line) => lines.push(line) });

    for (const at of all) logger[at]("m");

    assertEquals(lines.length, all.length - all.indexOf(level));
  });
}

Deno.test("createLogger() refuses an unknown level", () => {
  for (const level of ["trace", "", "toString"]) {
    assertThrows(() => createLogger("x", { level: level as LogLevel }), TypeError, level);
  }
});

const FORGED = "1970-01-01T00:00:00.000Z error orders: forged";

for (
  const [what, message, properties] of [
    ["a message", `x\n${FORGED}`, undefined],
    ["a message with a carriage return", `x\r${FORGED}`, undefined],
    ["a property", "x", { text: `\n${FORGED}` }],
    ["the message of an error", "x", { error: new Error(`\n${FORGED}`) }],
    ["a thrown text", "x", { error: `\n${FORGED}` }],
    ["the cause of an error", "x", { error: new Error("x", { cause: `\n${FORGED}` }) }],
  ] as const
) {
  for (const format of ["text", "json"] as const) {
    Deno.test(`createLogger() lets ${what} forge no record (${format})`, () => {
      const lines = write(format, message, properties).split(/[\n\r]/);

      assert(!lines.includes(FORGED), lines.join("\n"));
      if (format === "json") assertEquals(lines.length, 1);
    });
  }
}

const cycle: Record<string, unknown> = { self: 1 };
cycle.self = cycle;
const trap = {
  get: (): never => {
    throw new Error("trap");
  },
  enumerable: true,
};
const ownCause = new Error("own cause");
ownCause.cause = ownCause;

for (
  const [what, properties] of [
    ["a BigInt", { value: 1n }],
    ["a cycle", { value: cycle }],
    ["a cycle without prototype", { value: Object.assign(Object.create(null), { value: cycle }) }],
    ["a symbol", { value: Symbol("x") }],
    ["undefined", { value: undefined }],
    ["a toJSON that throws", { value: { toJSON: () => JSON.parse("{") } }],
    ["an error without prototype", { error: Object.create(null) }],
    ["an error null", { error: null }],
    ["an error that is its own cause", { error: ownCause }],
    ["a getter that throws", Object.defineProperty({}, "value", trap)],
    ["a getter of the error that throws", Object.defineProperty({}, "error", trap)],
    ["an error whose stack throws", { error: Object.defineProperty(new Error("x"), "stack", trap) }],
    ["an error whose cause throws", { error: Object.defineProperty(new Error("x"), "cause", trap) }],
    ["an object of a type that throws", { value: Object.defineProperty({}, Symbol.toStringTag, trap) }],
    ["an error of a type that throws", { error: Object.defineProperty({}, Symbol.toStringTag, trap) }],
    ["an error whose stack is gone", { error: Object.assign(new Error("x"), { stack: undefined }) }],
  ] as const
) {
  for (const format of ["text", "json"] as const) {
    Deno.test(`createLogger() keeps the message beside ${what} (${format})`, () => {
      const line = write(format, "The message", properties);

      assertStringIncludes(line, "The message");
      if (format === "json") assertEquals(JSON.parse(line).message, "The message");
    });
  }
}

Deno.test("createLogger() lets no property replace a member of the record", () => {
  const record = JSON.parse(write("json", "m", { time: 1, level: 2, logger: 3, message: 4 }));

  assertEquals([record.level, record.logger, record.message], ["info", "orders", "m"]);
});

for (const format of ["text", "json"] as const) {
  Deno.test(`createLogger() writes an error with its stack and its causes (${format})`, () => {
    const line = write(format, "Failed", { error: new Error("outer", { cause: new TypeError("inner") }) });

    for (const part of ["Failed", "outer", "inner", "logger_test", "Caused by"]) {
      assertStringIncludes(line, part);
    }
  });
}

for (const format of ["text", "json"] as const) {
  Deno.test(`createLogger() never throws and never forges a line (${format})`, () => {
    const lines: string[] = [];
    const logger = createLogger("x", { format, write: (line) => lines.push(line) });
    const trap = {
      get y(): never {
        throw new Error("trap");
      },
    };

    logger.info("a", { trap, big: 1n, symbol: Symbol("a\nb"), fn: () => "c\nd" });
    logger.info("\u001b[1A\u001b[2K\u2028gone", { error: new Error("\u001b[1Ax\n2026 info forged") });

    assertEquals(lines.length, 2);
    for (const line of lines) assertEquals(["\u001b", "\u2028"].some((sign) => line.includes(sign)), false);
    for (const line of lines) {
      assertEquals(line.split("\n").slice(1).every((rest) => rest.startsWith("    ")), true);
    }
  });
}
