/** How the event transports of a service start and stop with it. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { exposedMethod, ServiceConfigurationError } from "@gemstone/gemstone";
import { createEmitter, Emitter } from "../support/emitter_service.ts";
import { FakeEventTransport } from "../support/fake_event_transport.ts";
import { waitUntil } from "../support/wait_until.ts";

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

Deno.test("start() says what it waits for when a broker takes long, and nothing when it does not", async () => {
  const transport = new FakeEventTransport();
  let letStart = () => {};
  transport.starting = new Promise((resolve) => letStart = resolve);
  const service = createEmitter(transport);
  const waits = () => service.log.records.filter(({ message }) => message.startsWith("start() waits"));

  const starting = service.start();
  await waitUntil("it is logged", () => waits().length > 0);
  letStart();
  await starting;
  await service.stop();
  await service.start();
  await service.stop();

  assertEquals(waits().map(({ level }) => level), ["warn"]);
  assertStringIncludes(waits()[0]!.message, "waitForBroker: false");
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
