import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Container,
  type DiscoveryCache,
  exposedMethod,
  type RequestContext,
  ServiceConfigurationError,
  ServiceNotFoundError,
} from "@gemstone/gemstone";
import { createQuiet, ListStrategy, type Quiet } from "../support/discovered_service.ts";
import { call } from "../support/service.ts";

Deno.test("getService() finds a service and calls it, before the start and after", async () => {
  const list = new ListStrategy();
  await using called = createQuiet(list);
  called.name = "called";
  await called.start();
  const caller = createQuiet(list);

  const early = await caller.getService<Quiet>("called");
  const first = await early.methods.ping();
  await caller.start();
  const late = await caller.getService<Quiet>("called");
  const second = await late.methods.ping();
  await caller.stop();

  assertEquals([first, second], ["pong", "pong"]);
});

Deno.test("getService() is at hand in a container, in the context of a call and in a plugin", async () => {
  const list = new ListStrategy();
  await using called = createQuiet(list);
  called.name = "called";
  await called.start();
  class Part extends Container {
    @exposedMethod()
    async ask(): Promise<string> {
      return await (await this.microservice.getService<Quiet>("called")).methods.ping();
    }
    @exposedMethod({ requiresHandlerReference: true })
    async ask_by_context(context: RequestContext): Promise<string> {
      return await (await context.microservice.getService<Quiet>("called")).methods.ping();
    }
  }
  const caller = createQuiet(list);
  caller.modules = [new Part()];

  const answers = [(await call(caller, "ask")).result, (await call(caller, "ask_by_context")).result];
  await caller.stop();

  assertEquals(answers, ["pong", "pong"]);
});

Deno.test("getService() without strategies names the two settings", async () => {
  const error = await assertRejects(() => createQuiet().getService("called"), ServiceConfigurationError);

  assert(error.message.includes("discoveryStrategies") && error.message.includes("serviceRegistryUrls"));
});

Deno.test("getService() of a name that nobody knows", async () => {
  const service = createQuiet(new ListStrategy());

  await assertRejects(() => service.getService("called"), ServiceNotFoundError, "called");
  await service.stop();
});

for (const pattern of [undefined, null, 1, "", {}, ["a"]]) {
  Deno.test(`getService(${JSON.stringify(pattern)}) is a TypeError`, async () => {
    const service = createQuiet(new ListStrategy());

    await assertRejects(() => service.getService(pattern as string), TypeError);
    await service.stop();
  });
}

Deno.test("getService() works while the service stops: calls, events and hooks may need it", async () => {
  const list = new ListStrategy();
  await using called = createQuiet(list);
  called.name = "called";
  await called.start();
  const caller = createQuiet(list);
  let answer: unknown;
  caller.onServiceStop = async () => {
    answer = await (await caller.getService<Quiet>("called")).methods.ping();
  };
  await caller.start();

  await caller.stop();

  assertEquals(answer, "pong");
  assertEquals(list.log.at(-1), "close");
});

Deno.test("stop() of a service that has never been started closes the strategies", async () => {
  const list = new ListStrategy();
  const service = createQuiet(list);
  await service.getService("called").catch(() => {});

  await service.stop();

  assertEquals(list.log, ["locate called", "close"]);
});

Deno.test("a start takes the strategies that were set since somebody looked for a service", async () => {
  const [before, after] = [new ListStrategy(), new ListStrategy()];
  await using service = createQuiet(before);
  await service.getService("called").catch(() => {});
  service.discoveryStrategies = [after];

  await service.start();

  assertEquals([before.log, after.log], [["locate called", "close"], [`ping quiet ${service.url}`]]);
});

Deno.test("remoteServiceCache is asked and filled", async () => {
  const log: string[] = [];
  const cache: DiscoveryCache = {
    get: (pattern) => {
      log.push(`get ${pattern}`);
      return undefined;
    },
    set: (pattern, urls) => void log.push(`set ${pattern} ${urls}`),
    delete: () => {},
  };
  const list = new ListStrategy();
  list.places.set("http://127.0.0.1:1/api", "called");
  const service = createQuiet(list);
  service.remoteServiceCache = cache;

  await service.getService("called");
  await service.stop();

  assertEquals([log[0], log.at(-1)], ["get called", "set called http://127.0.0.1:1/api"]);
});
