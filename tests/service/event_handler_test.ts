/** Which methods handle events, and what a handler gets. */
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import {
  Container,
  type EventContext,
  eventHandler,
  type JsonValue,
  MicroService,
  NonRetryableError,
  ServiceConfigurationError,
  type StandardSchema,
} from "@gemstone/gemstone";
import { FakeEventTransport } from "../support/fake_event_transport.ts";
import { createMemoryLogger } from "../support/service.ts";

/** A service over one fake transport. */
class Eventful extends MicroService {
  override name = "eventful";
  override port = 0;
  override skipConfiguration = true;
  readonly transport = new FakeEventTransport();
  override eventTransports = [this.transport];
  readonly log = createMemoryLogger();
  readonly seen: unknown[] = [];
  override getLogger() {
    return this.log;
  }
}

Deno.test("eventHandler() gives the body and the context of the event to the method", async () => {
  class Service extends Eventful {
    @eventHandler("ordered")
    onOrdered(body: JsonValue, event: EventContext): void {
      this.seen.push([body, event.id, event.name, event.source, event.time, event.broadcast, event.attempt]);
    }
  }
  await using service = new Service();
  await service.start();

  service.transport.deliver("ordered", { body: { sku: "a1" }, timeMs: 1000, attempt: 3, broadcast: false });

  assertEquals(service.seen, [[{ sku: "a1" }, "id-1", "ordered", "/test", new Date(1000), false, 3]]);
});

Deno.test("eventHandler() works on inherited methods, on containers and twice on one method", async () => {
  class Base extends Eventful {
    @eventHandler("a")
    @eventHandler("b")
    onBoth(): void {}
    @eventHandler("c")
    onOverridden(): void {}
  }
  class Part extends Container {
    @eventHandler("d")
    onPart(): string {
      return this.microservice.name;
    }
  }
  class Service extends Base {
    override modules = [new Part()];
    override onOverridden(): void {}
  }
  await using service = new Service();
  await service.start();

  assertEquals(service.transport.subscriptions.map(({ event }) => event).sort(), ["a", "b", "d"]);
  assertEquals(service.transport.deliver("d"), "eventful");
});

Deno.test("handleEvent() handles an event without a decorator", async () => {
  class Plain extends Eventful {
    constructor() {
      super();
      this.handleEvent("e", function (this: Plain, body) {
        return [this.name, body];
      }, { maxAttempts: 2 });
    }
  }
  await using service = new Plain();
  await service.start();

  assertEquals(service.transport.deliver("e", { body: 1 }), ["eventful", 1]);
  assertEquals(service.transport.subscriptions[0]!.settings.maxAttempts, 2);
  assertThrows(() => service.handleEvent("f", () => {}), ServiceConfigurationError, "in use already");
  assertThrows(() => new Plain().handleEvent("f", "no" as never), TypeError, "must be a function");
});

Deno.test("EventContext.emitEvent() goes on with the trace and the correlation id", async () => {
  class Service extends Eventful {
    @eventHandler("first")
    async onFirst(_body: JsonValue, event: EventContext): Promise<void> {
      await event.emitEvent("second", null, { broadcast: false });
    }
  }
  await using service = new Service();
  await service.start();
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;

  await service.transport.deliver("first", { trace: { traceparent }, correlationId: "c-1" });

  const [{ event }] = service.transport.emitted as [(typeof service.transport.emitted)[0]];
  assertEquals([event.name, event.trace.traceparent, event.correlationId, event.broadcast], [
    "second",
    traceparent,
    "c-1",
    false,
  ]);
});

/** A schema that takes positive numbers and doubles them, at once or later. */
function createSchema(isLate: boolean): StandardSchema<number> {
  const validate = (value: unknown) =>
    typeof value === "number" && value > 0
      ? { value: value * 2 }
      : { issues: [{ message: "must be positive" }] };
  return {
    "~standard": {
      version: 1,
      validate: (value) => isLate ? Promise.resolve(validate(value)) : validate(value),
    },
  };
}

for (const isLate of [false, true]) {
  Deno.test(`eventHandler() checks the body with ${isLate ? "an asynchronous" : "a"} schema`, async () => {
    class Service extends Eventful {
      @eventHandler("n", { schema: createSchema(isLate) })
      onNumber(body: number): void {
        this.seen.push(body);
      }
    }
    await using service = new Service();
    await service.start();
    const deliver = async (body: JsonValue) => await service.transport.deliver("n", { body });

    await deliver(2);
    const error = await assertRejects(() => deliver(-1), NonRetryableError);

    assertEquals(service.seen, [4]);
    assertStringIncludes(error.message, "must be positive");
  });
}

Deno.test("eventHandler() refuses what can not handle events", () => {
  const legacy = eventHandler("a") as unknown as (prototype: object, name: string) => void;
  const handler = () => {};
  const context = (more: object) => ({ kind: "method", name: "x", static: false, private: false, ...more });
  const decorate = (more: object) => () => eventHandler("a")(handler, context(more) as never);

  assertThrows(() => eventHandler("" as never), TypeError, "without a name");
  assertThrows(() => eventHandler(undefined as never), TypeError, "without a name");
  assertThrows(() => eventHandler(handler as never, context({}) as never), TypeError, "without a name");
  assertThrows(() => legacy({}, "x"), TypeError, "legacy decorators");
  assertThrows(decorate({ static: true }), TypeError, "public instance methods handle events");
  assertThrows(decorate({ private: true }), TypeError, "public instance methods handle events");
  assertThrows(decorate({ kind: "getter" }), TypeError, "public instance methods handle events");
  assertThrows(decorate({ name: Symbol("s") }), TypeError, "public instance methods handle events");
});

const WRONG: readonly [what: string, event: string, options: object, text: string][] = [
  ["a name with white space", "a b", {}, "white space"],
  ["a name with a wildcard", "a.*", {}, "white space"],
  ["a name that is too long", "x".repeat(129), {}, "128 bytes"],
  ["no concurrency", "a", { concurrency: 0 }, "concurrency 0"],
  ["a concurrency that is no number", "a", { concurrency: "9" }, "concurrency 9"],
  ["a prefetch below the concurrency", "a", { concurrency: 9, prefetch: 8 }, "prefetch 8"],
  ["order with concurrency", "a", { ordered: true, concurrency: 2 }, "ordered and concurrency 2"],
  ["no attempts", "a", { maxAttempts: 0 }, "maxAttempts 0"],
  ["a limit that is too long", "a", { timeoutMs: 86_400_000 }, "timeoutMs 86400000"],
];
for (const [what, event, options, text] of WRONG) {
  Deno.test(`a service does not start with an event handler with ${what}`, async () => {
    const service = new Eventful();
    service.handleEvent(event, () => {}, options);

    const error = await assertRejects(() => service.start(), ServiceConfigurationError);

    assertStringIncludes(error.message, text);
    assertEquals(service.transport.calls, []);
  });
}

Deno.test("a service does not start with two handlers of one event", async () => {
  class Part extends Container {
    @eventHandler("a")
    onPart(): void {}
  }
  class Service extends Eventful {
    override modules = [new Part()];
    @eventHandler("a")
    onService(): void {}
  }

  await assertRejects(
    () => new Service().start(),
    ServiceConfigurationError,
    'Cannot handle event "a" twice: by Service.onService and by Part.onPart',
  );
});

Deno.test("a service with handlers and no transport says so and starts", async () => {
  class Service extends Eventful {
    override eventTransports = [];
    @eventHandler("lonely")
    onLonely(): void {}
  }
  await using service = new Service();

  await service.start();

  const warnings = service.log.records.filter(({ level }) => level === "warn").map(({ message }) => message);
  assertEquals(warnings, ['No events will come, because "eventTransports" is empty: lonely']);
});

Deno.test("get_service_specs and getCurrentConfiguration() tell of events", async () => {
  class Service extends Eventful {
    override useIntrospection = true;
    @eventHandler("a", { summary: "Does a." })
    onA(): void {}
    @eventHandler("b")
    onB(): void {}
  }
  await using service = new Service();
  await service.start();

  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "get_service_specs" });
  const headers = { "content-type": "application/json" };
  const response = await service.fetch(new Request(service.url, { method: "POST", headers, body }));

  const { result } = await response.json();
  assertEquals(result.event_transports, ["FakeEventTransport"]);
  assertEquals(result.events_handled, { a: "Does a.", b: null });
  const { event } = await service.getCurrentConfiguration();
  assertEquals(event, { eventTransports: ["FakeEventTransport"] });
});
