import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type EventStopReport,
  type EventTransport,
  type EventTransportSetup,
  MemoryEventBroker,
  MemoryEventTransport,
} from "@gemstone/gemstone/events";
import {
  type ContractNames,
  createEventTransportContract,
  type EventTransportContractOptions,
} from "@gemstone/gemstone/testing";
import { DELIVERY_FAULTS } from "./delivery_faults.ts";
import { EMIT_FAULTS } from "./emit_faults.ts";
import { LIFE_CYCLE_FAULTS } from "./life_cycle_faults.ts";
import { PassingTransport } from "./passing_transport.ts";

function createOptions(
  wrap: (inner: EventTransport) => EventTransport = (inner) => inner,
  inners: EventTransport[] = [],
): EventTransportContractOptions {
  const broker = new MemoryEventBroker();
  return {
    createTransport() {
      const inner = new MemoryEventTransport({ broker, retryDelaysMs: [5, 10] });
      inners.push(inner);
      return wrap(inner);
    },
    deadLetters: (service) => broker.deadLetters(service),
    timeoutMs: 300,
  };
}

function findCase(options: EventTransportContractOptions, name: string) {
  const found = createEventTransportContract(options).find((one) => one.name === name);
  assert(found !== undefined, `There is no case "${name}"`);
  return found;
}

Deno.test("createEventTransportContract() gives each case a name of its own", () => {
  const names = createEventTransportContract(createOptions()).map(({ name }) => name);

  assertEquals(new Set(names).size, names.length);
});

Deno.test("createEventTransportContract() skips nothing that the transport can do", () => {
  const skipped = createEventTransportContract(createOptions()).filter(({ skipped }) =>
    skipped !== undefined
  );

  assertEquals(skipped, []);
});

for (const capability of ["groups", "broadcast", "delayedRetry", "deadLetter"] as const) {
  Deno.test(`createEventTransportContract() skips, and says so, what needs ${capability}`, async () => {
    class Lacking extends PassingTransport {
      override readonly capabilities = { ...this.inner.capabilities, [capability]: false };
    }

    const options = createOptions((inner) => new Lacking(inner));
    const cases = createEventTransportContract({ ...options, timeoutMs: 10_000 });

    const reasons = new Set(cases.map(({ skipped }) => skipped));
    assertEquals(reasons, new Set([undefined, `The transport has no capability "${capability}"`]));
    for (const { skipped, run } of cases) if (skipped === undefined) await run();
  });
}

Deno.test("createEventTransportContract() takes a transport without confirmations at its word", async () => {
  class Unconfirmed extends PassingTransport {
    override readonly capabilities = { ...this.inner.capabilities, confirms: false };
  }
  const options = createOptions((inner) => new Unconfirmed(inner));

  await assertRejects(findCase(options, "emit() resolves with the receipt of a group event").run);
});

Deno.test("createEventTransportContract() skips what needs deadLetters when there is no way to open them", () => {
  const { createTransport } = createOptions();

  const cases = createEventTransportContract({ createTransport });

  const reasons = new Set(cases.map(({ skipped }) => skipped));
  assertEquals(
    reasons,
    new Set([undefined, "The contract was given no way to open dead letters (option deadLetters)"]),
  );
});

for (const [fault, finds, Transport] of [...EMIT_FAULTS, ...DELIVERY_FAULTS, ...LIFE_CYCLE_FAULTS]) {
  Deno.test(`createEventTransportContract() finds out a transport that ${fault}`, async () => {
    const inners: EventTransport[] = [];
    const options = createOptions((inner) => new Transport(inner), inners);

    await assertRejects(findCase(options, finds).run);

    await Promise.all(inners.map((inner) => inner.stop({ drainMs: 0 })));
  });

  Deno.test(`createEventTransportContract() passes a transport that does not: ${fault}`, async () => {
    const options = createOptions((inner) => new PassingTransport(inner));

    await findCase({ ...options, timeoutMs: 10_000 }, finds).run();
  });
}

Deno.test("createEventTransportContract() finds out dead letters that are those of every service", async () => {
  let lastService = "";
  class Noting extends PassingTransport {
    override start(setup: EventTransportSetup): Promise<void> {
      lastService = setup.service;
      return super.start(setup);
    }
  }
  const options = createOptions((inner) => new Noting(inner));
  const deadLetters = () => options.deadLetters!(lastService);

  await assertRejects(findCase({ ...options, deadLetters }, "dead letters are those of one service").run);
});

Deno.test("createEventTransportContract() waits no longer than 3 s for what takes no time", async () => {
  class Slow extends PassingTransport {
    override stop({ drainMs }: { readonly drainMs: number }): Promise<EventStopReport> {
      return super.stop({ drainMs: drainMs === 0 ? 5000 : drainMs });
    }
  }
  const options = { ...createOptions((inner) => new Slow(inner)), timeoutMs: 8000 };

  const error = await assertRejects(
    findCase(options, "stop() with drainMs: 0 resolves at once, whatever runs").run,
    Error,
  );

  assertEquals(error.message, "Waited 3000 ms in vain: stop()");
});

Deno.test("createEventTransportContract() calls cleanUp with all names, after a failed case too", async () => {
  const cleaned: ContractNames[] = [];
  const subscribed = new Set<string>();
  class Failing extends PassingTransport {
    override async start(setup: Parameters<EventTransport["start"]>[0]): Promise<void> {
      subscribed.add(setup.service);
      await super.start(setup);
    }

    override subscribe(): Promise<void> {
      return Promise.reject(new Error("a fault"));
    }
  }
  const options = {
    ...createOptions((inner) => new Failing(inner)),
    cleanUp(names: ContractNames) {
      cleaned.push(names);
      return Promise.resolve();
    },
  };

  await assertRejects(
    findCase(options, "a group event goes to one instance of each service").run,
    Error,
    "a fault",
  );

  assertEquals(cleaned.length, 1);
  assert([...subscribed].every((service) => cleaned[0]!.services.includes(service)));
  assertEquals(cleaned[0]!.events.length, 1);
});

Deno.test("createEventTransportContract() fails a case in time when a transport does not start", async () => {
  class Hanging extends PassingTransport {
    override start(): Promise<void> {
      return new Promise(() => {});
    }
  }
  const options = createOptions((inner) => new Hanging(inner));

  await assertRejects(
    findCase(options, "emit() after stop() rejects").run,
    Error,
    "Waited 300 ms in vain: start()",
  );
});

Deno.test("createEventTransportContract() fails a case in time when a transport does not stop", async () => {
  class Hanging extends PassingTransport {
    override async stop(options: { readonly drainMs: number }): Promise<never> {
      await super.stop(options);
      return await new Promise<never>(() => {});
    }
  }
  const options = createOptions((inner) => new Hanging(inner));

  await assertRejects(findCase(options, "stop() before start() resolves").run, Error, "in vain: stop()");
});
