import { assertStrictEquals, assertStringIncludes } from "@std/assert";
import { explainRefusal } from "../../../src/events/amqp/explain_refusal.ts";

const TEXT = `403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - access to exchange 'amq.default' refused"`;

for (
  const [what, classId, methodId, need] of [
    ["exchange.declare", 40, 10, '"configure"'],
    ["queue.declare", 50, 10, '"configure"'],
    ["queue.bind", 50, 20, '"write" for the queue'],
    ["basic.consume", 60, 20, '"read" for the queue'],
    ["basic.publish", 60, 40, '"write" for the exchange'],
    ["basic.get", 60, 70, '"read" for the queue'],
  ] as const
) {
  Deno.test(`explainRefusal() says which right ${what} needs`, () => {
    const error = Object.assign(new Error(TEXT), { code: 403, classId, methodId });

    const text = explainRefusal(error);

    assertStringIncludes(text, `${TEXT}; `);
    assertStringIncludes(text, need);
  });
}

for (
  const [what, more] of [
    ["another reply code", { code: 404, classId: 60, methodId: 40 }],
    ["a method that it does not know", { code: 403, classId: 90, methodId: 10 }],
    ["no method", { code: 403 }],
    ["no reply code", {}],
  ] as const
) {
  Deno.test(`explainRefusal() adds nothing to an error with ${what}`, () => {
    assertStrictEquals(explainRefusal(Object.assign(new Error(TEXT), more)), TEXT);
  });
}
