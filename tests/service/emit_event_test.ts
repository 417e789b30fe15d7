/** How a service emits events. */
import { assert, assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import {
  EmitError,
  EventBufferFullError,
  ServiceConfigurationError,
  TransportStoppedError,
} from "@gemstone/gemstone";
import { createEmitter, Emitter } from "../support/emitter_service.ts";
import { FakeEventTransport } from "../support/fake_event_transport.ts";

Deno.test("emitEvent() hands the event to the transport with all defaults filled in", async () => {
  const transport = new FakeEventTransport();
  await using service = createEmitter(transport);
  await service.start();

  const receipt = await service.emitEvent("ordered", { sku: "a1" });

  const [{ event, options }] = transport.emitted as [(typeof transport.emitted)[0]];
  assertEquals(receipt, { id: event.id, confirmed: true, routed: true, attempts: 1 });
  assertEquals([event.name, event.json, event.broadcast, event.trace], ["ordered", '{"sku":"a1"}', true, {}]);
  assertEquals(event.source, "/gemstone/emitter");
  assertEquals(options, { confirm: true, requireRoute: false, timeoutMs: undefined, signal: undefined });
});

Deno.test("emitEvent() passes its options on", async () => {
  const transport = new FakeEventTransport();
  await using service = createEmitter(transport);
  await service.start();
  const { signal } = new AbortController();

  const own = { broadcast: false, id: "mine", correlationId: "c" };
  await service.emitEvent("a", 1, { ...own, requireRoute: true, timeoutMs: 5, signal });
  await service.emitEvent("a", 1, { confirm: false });

  const [{ event, options }, second] = transport.emitted as [
    (typeof transport.emitted)[0],
    (typeof transport.emitted)[0],
  ];
  assertEquals([event.id, event.broadcast, event.correlationId], ["mine", false, "c"]);
  assertEquals(options, { confirm: true, requireRoute: true, timeoutMs: 5, signal });
  assertEquals(second.options.confirm, false);
});

const cycle: { self?: unknown } = {};
cycle.self = cycle;
const WRONG: readonly [what: string, name: unknown, body: unknown, options: object][] = [
  ["no name", "", 1, {}],
  ["a name that is no string", 7, 1, {}],
  ["a name with a line feed", "a\n", 1, {}],
  ["a body with a cycle", "a", cycle, {}],
  ["a bigint", "a", 1n, {}],
  ["a function", "a", () => {}, {}],
  ["a body whose toJSON throws", "a", {
    toJSON() {
      throw new Error("no");
    },
  }, {}],
  ["an empty id", "a", 1, { id: "" }],
  ["an id that is too long", "a", 1, { id: "x".repeat(256) }],
  ["a broadcast that is no boolean", "a", 1, { broadcast: "no" }],
  ["a correlation id that is a number", "a", 1, { correlationId: 7 }],
  ["requireRoute where nobody waits to hear of it", "a", 1, { requireRoute: true, confirm: false }],
  ["a time limit of 0", "a", 1, { timeoutMs: 0 }],
  ["a time limit that is no number", "a", 1, { timeoutMs: "soon" }],
  ["a time limit that is NaN", "a", 1, { timeoutMs: NaN }],
];
for (const [what, name, body, options] of WRONG) {
  Deno.test(`emitEvent() refuses ${what}, and nothing is emitted`, async () => {
    const transport = new FakeEventTransport();
    await using service = createEmitter(transport);
    await service.start();

    const error = await assertRejects(() => service.emitEvent(name as string, body, options));

    assert(error instanceof TypeError || error instanceof RangeError, String(error));
    assertStringIncludes(error.message, "Cannot ");

    assertEquals(transport.emitted, []);
  });
}

Deno.test("emitEvent() rejects before start, after stop and without transports", async () => {
  const service = createEmitter(new FakeEventTransport());

  await assertRejects(() => service.emitEvent("a", 1), TransportStoppedError, "has not started");
  await service.start();
  await service.stop();
  await assertRejects(() => service.emitEvent("a", 1), TransportStoppedError, "has not started");
  await using silent = createEmitter();
  await silent.start();
  await assertRejects(() => silent.emitEvent("a", 1), ServiceConfigurationError, "eventTransports");
});

Deno.test("emitEvent() emits one event through all transports and sums up", async () => {
  const [one, two] = [new FakeEventTransport(), new FakeEventTransport()];
  one.answer = { confirmed: false, routed: false, attempts: 3 };
  two.answer = { routed: undefined };
  await using service = createEmitter(one, two);
  await service.start();

  const receipt = await service.emitEvent("a", 1);

  assertEquals(one.emitted[0]!.event, two.emitted[0]!.event);
  assertEquals(receipt, { id: one.emitted[0]!.event.id, confirmed: false, routed: undefined, attempts: 3 });
});

Deno.test("emitEvent() tells what failed when one of several transports fails", async () => {
  const [one, two] = [new FakeEventTransport(), new FakeEventTransport()];
  await using service = createEmitter(one, two);
  await service.start();
  one.answer = new EventBufferFullError("full");

  const partly = await assertRejects(() => service.emitEvent("a", 1), EmitError);
  two.answer = new EventBufferFullError("full, too");
  const wholly = await assertRejects(() => service.emitEvent("a", 1), EmitError);

  assertEquals(partly.outcome, "unknown");
  assertEquals(partly.message, 'Cannot emit event "a" through 1 of 2 transports: full');
  assertEquals(partly.cause, one.answer);
  assertEquals(wholly.outcome, "not-sent");
  assertInstanceOf(wholly.cause, AggregateError);
});

const WRONG_TRANSPORTS: readonly [what: string, value: unknown][] = [
  ["null", null],
  ["a number", 7],
  ["no array", {}],
  ["null in the array", [null]],
  ["a text in the array", ["memory"]],
  ["half a transport", [{ emit() {} }]],
  ["a transport without array", new FakeEventTransport()],
];
for (const [what, wrong] of WRONG_TRANSPORTS) {
  Deno.test(`a service does not start with eventTransports that are ${what}`, async () => {
    const service = new Emitter();
    service.eventTransports = wrong as never;

    const error = await assertRejects(() => service.start(), ServiceConfigurationError);

    assertStringIncludes(error.message, "eventTransports");
  });
}

Deno.test("a service does not start with one transport twice", async () => {
  const transport = new FakeEventTransport();

  const error = await assertRejects(
    () => createEmitter(transport, transport).start(),
    ServiceConfigurationError,
  );

  assertStringIncludes(error.message, "each transport once");
});
