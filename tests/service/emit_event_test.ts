/** How a service emits events, and how its transports start and stop with it. */
import { assert, assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import {
  EmitError,
  EventBufferFullError,
  type EventTransport,
  exposedMethod,
  MicroService,
  ServiceConfigurationError,
  TransportStoppedError,
} from "@gemstone/gemstone";
import { FakeEventTransport } from "../support/fake_event_transport.ts";
import { createMemoryLogger } from "../support/service.ts";

class Emitter extends MicroService {
  override name = "emitter";
  override port = 0;
  override skipConfiguration = true;
  override eventTransports: readonly EventTransport[] = [];
  readonly log = createMemoryLogger();
  override getLogger() {
    return this.log;
  }
  @exposedMethod()
  async emit(name: string): Promise<string> {
    return (await this.emitEvent(name, null)).id;
  }
}

function createEmitter(...transports: FakeEventTransport[]): Emitter {
  const service = new Emitter();
  service.eventTransports = transports;
  return service;
}

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
  await service.emitEvent("a", 1, { ...own, confirm: false, requireRoute: true, timeoutMs: 5, signal });

  const [{ event, options }] = transport.emitted as [(typeof transport.emitted)[0]];
  assertEquals([event.id, event.broadcast, event.correlationId], ["mine", false, "c"]);
  assertEquals(options, { confirm: false, requireRoute: true, timeoutMs: 5, signal });
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

Deno.test("transports start before onServiceStart, deliver after it and stop before onServiceStop", async () => {
  const transport = new FakeEventTransport();
  class Service extends Emitter {
    override eventTransports = [transport];
    override async onServiceStart(): Promise<void> {
      await this.emitEvent("starting", null);
      transport.calls.push("onServiceStart");
    }
    override onServiceStop(): void {
      transport.calls.push("onServiceStop");
    }
  }
  const service = new Service();
  service.handleEvent("a", () => {});

  await service.start();
  await service.stop();

  assertEquals(transport.calls, ["start", "onServiceStart", "subscribe", "stop", "onServiceStop"]);
  assertEquals(transport.emitted.length, 1);
});

Deno.test("a service that only emits does not subscribe, and can start again", async () => {
  const transport = new FakeEventTransport();
  const service = createEmitter(transport);

  for (let round = 0; round < 2; round++) {
    await service.start();
    await service.emitEvent("a", round);
    await service.stop();
  }

  assertEquals(transport.calls, ["start", "stop", "start", "stop"]);
});

Deno.test("a call that runs while the service stops can still emit", async () => {
  const transport = new FakeEventTransport();
  let arrived = () => {};
  const begun = new Promise<void>((resolve) => arrived = resolve);
  let goOn = () => {};
  class Service extends Emitter {
    override eventTransports = [transport];
    @exposedMethod()
    async slow(): Promise<boolean> {
      arrived();
      await new Promise<void>((resolve) => goOn = resolve);
      return (await this.emitEvent("late", null)).confirmed;
    }
  }
  const service = new Service();
  await service.start();
  const headers = { "content-type": "application/json" };
  const body = '{"jsonrpc":"2.0","id":1,"method":"slow"}';
  const answer = fetch(service.url, { method: "POST", headers, body }).then((response) => response.json());
  await begun;

  const stopping = service.stop();
  goOn();

  assertEquals((await answer).result, true);
  await stopping;
});

Deno.test("start() fails when a transport can not, and stops the others", async () => {
  const [good, bad] = [new FakeEventTransport(), new FakeEventTransport()];
  bad.starting = Promise.reject(new Error("no broker"));
  bad.starting.catch(() => {});
  let stops = 0;
  class Service extends Emitter {
    override eventTransports = [good, bad];
    override onServiceStop(): void {
      stops++;
    }
  }
  const service = new Service();

  await assertRejects(() => service.start(), Error, "no broker");

  assert(good.calls.includes("stop at once"));
  assertEquals(stops, 0);
});

Deno.test("stop() ends a start that waits for a broker", async () => {
  const transport = new FakeEventTransport();
  let isWaiting = () => {};
  const waiting = new Promise<void>((resolve) => isWaiting = resolve);
  transport.starting = new Promise(() => {});
  const service = createEmitter(transport);
  const start = transport.start.bind(transport);
  transport.start = (setup) => {
    isWaiting();
    return start(setup);
  };

  const starting = service.start();
  const refused = assertRejects(() => starting, Error, "stopped while it connected");
  await waiting;
  await service.stop();

  await refused;
});

Deno.test("stop() logs what the transports left undone", async () => {
  const transport = new FakeEventTransport();
  transport.report = { drained: false, unfinishedHandlers: 2, unsentEvents: 3 };
  const service = createEmitter(transport);
  await service.start();

  await service.stop();

  const [record] = service.log.records.filter(({ level }) => level === "warn");
  assertEquals(record!.properties, { unfinishedHandlers: 2, unsentEvents: 3 });
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

Deno.test("stop() ends a start that waits for a broker to subscribe", async () => {
  const transport = new FakeEventTransport();
  let isWaiting = () => {};
  const waiting = new Promise<void>((resolve) => isWaiting = resolve);
  let refuse = (_error: Error) => {};
  transport.subscribe = () => {
    isWaiting();
    return new Promise((_resolve, reject) => refuse = reject);
  };
  const stop = transport.stop.bind(transport);
  transport.stop = (options) => {
    refuse(new Error("stopped while it subscribed"));
    return stop(options);
  };
  const service = createEmitter(transport);
  service.handleEvent("a", () => {});

  const refused = assertRejects(() => service.start(), Error, "stopped while it subscribed");
  await waiting;
  await service.stop();

  await refused;
});

Deno.test("a logger that throws costs no event", async () => {
  const transport = new FakeEventTransport();
  const service = createEmitter(transport);
  service.getLogger = () => {
    const fail = () => {
      throw new Error("disk full");
    };
    return { ...service.log, warn: fail, error: fail };
  };
  await service.start();

  transport.setup!.logger.warn("x");
  transport.setup!.logger.error("x");

  await service.stop();
});

Deno.test("a transport that throws at start or stop leaves no other one running", async () => {
  const [good, bad] = [new FakeEventTransport(), new FakeEventTransport()];
  bad.start = () => {
    throw new Error("thrown at start");
  };
  const service = createEmitter(good, bad);

  await assertRejects(() => service.start(), Error, "thrown at start");
  assert(good.calls.includes("stop at once"));

  bad.start = () => Promise.resolve();
  bad.stop = () => {
    throw new Error("thrown at stop");
  };
  await service.start();
  await service.stop();
  assertEquals(good.calls.at(-1), "stop");
  assert(service.log.records.some(({ message }) => message === "A transport failed to stop"));
});

Deno.test("a service whose name is too long for its events does not start", async () => {
  const service = createEmitter(new FakeEventTransport());
  service.name = "名".repeat(60);

  await assertRejects(() => service.start(), ServiceConfigurationError, "give a shorter one");
});
