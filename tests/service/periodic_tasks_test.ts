import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Container,
  type PeriodicRun,
  type PeriodicTask,
  periodicTask,
  ServiceConfigurationError,
} from "@gemstone/gemstone";
import { createTask, Quiet } from "../support/quiet_service.ts";
import { RecordingPlugin } from "../support/recording_plugin.ts";
import { call } from "../support/service.ts";
import { waitUntil, within } from "../support/wait_until.ts";

Deno.test("a task of the list runs again and again, with the service as its this", async () => {
  await using service = new Quiet();
  const seen: unknown[] = [];
  service.periodicTasks = [[
    function (this: unknown) {
      seen.push(this);
    },
    1,
  ]];

  await service.start();
  await waitUntil("three runs", () => seen.length >= 3);

  assert(seen.every((each) => each === service));
});

Deno.test("a decorated method of a service, of its base and of a module runs", async () => {
  const seen = new Set<string>();
  class Part extends Container {
    #name = "part";
    @periodicTask(1)
    partly(): void {
      seen.add(this.#name);
    }
  }
  class Base extends Quiet {
    #name = "base";
    @periodicTask(1)
    @periodicTask(3_600_000)
    basic(): void {
      seen.add(this.#name);
    }
    @periodicTask(1)
    overridden(): void {
      seen.add("overridden");
    }
  }
  class Derived extends Base {
    override modules = [new Part()];
    @periodicTask(1)
    async own({ signal }: PeriodicRun): Promise<void> {
      await Promise.resolve();
      seen.add(`own ${signal.aborted}`);
    }
    override overridden(): void {
      seen.add("not decorated");
    }
  }
  await using service = new Derived();

  await service.start();
  await waitUntil("all have run", () => seen.size === 3);

  assertEquals([...seen].sort(), ["base", "own false", "part"]);
});

Deno.test("a periodic method can not be called from outside", async () => {
  class Hidden extends Quiet {
    @periodicTask(3_600_000)
    cleanUp(): void {}
  }

  const { error } = await call(new Hidden(), "cleanUp");

  assertEquals(error.code, -32601);
});

Deno.test("no task runs in a service that is used by fetch alone", async () => {
  const service = new Quiet();
  let runs = 0;
  service.periodicTasks = [[() => runs++, 3_600_000, { runAtStart: true }]];

  await call(service, "ping");

  assertEquals(runs, 0);
});

Deno.test("runAtStart runs a task when the service listens and its plugins have started", async () => {
  await using service = new Quiet();
  const { task, ran } = createTask();
  const plugin = new RecordingPlugin();
  let seen: unknown[] = [];
  service.plugins = [plugin];
  service.periodicTasks = [[
    (run) => {
      seen = [new URL(service.url).port !== "0", ...plugin.log];
      task(run);
    },
    3_600_000,
    { runAtStart: true },
  ]];

  await service.start();
  await ran.promise;

  assertEquals(seen, [true, "recorder start"]);
});

Deno.test("a cron text runs", async () => {
  await using service = new Quiet();
  const { task, ran } = createTask();
  service.periodicTasks = [[task, "* * * * * *"]];

  await service.start();

  await within(10_000, "the next second", ran.promise);
});

Deno.test("a task that fails is logged, plugins are told, and it runs again", async () => {
  await using service = new Quiet();
  const plugin = new RecordingPlugin();
  service.plugins = [plugin];
  service.periodicTasks = [[() => Promise.reject(new Error("full disk")), 1, { name: "clean up" }]];

  await service.start();
  await waitUntil("two failures", () => plugin.errors.length >= 2);

  assertEquals(plugin.errors[0]?.info, { source: "periodicTask", name: "clean up" });
  assertEquals((plugin.errors[0]?.error as Error).message, "full disk");
  assert(service.memory.records.some(({ message }) => message === 'Periodic task "clean up" failed'));
});

for (
  const [what, tasks] of [
    ["no list", {}],
    ["null", null],
    ["a function in place of a pair", [() => {}]],
    ["a text in place of a function", [["cleanUp", 1_000]]],
    ["no interval", [[() => {}]]],
    ["options that are none", [[() => {}, 1_000, "name"]]],
    ["options null", [[() => {}, 1_000, null]]],
    ["undefined in the list", [undefined]],
    ["an object in place of a pair", [{ 0: () => {}, 1: 1_000, length: 2 }]],
  ] as const
) {
  Deno.test(`a service refuses ${what} in its periodicTasks`, async () => {
    const service = new Quiet();
    Object.assign(service, { periodicTasks: tasks });

    await assertRejects(() => call(service, "ping"), ServiceConfigurationError, "periodicTasks");
    await assertRejects(() => service.start(), ServiceConfigurationError, "periodicTasks");
  });
}

Deno.test("a wrong cron text keeps the service from starting, and the error names the task and why", async () => {
  class Shop extends Quiet {
    @periodicTask("0 25 * * *")
    cleanUp(): void {}
  }

  const error = await assertRejects(() => new Shop().start(), ServiceConfigurationError, '"cleanUp"');

  assert(error.message.includes("25"), error.message);
});

for (
  const [what, use] of [
    ["without parentheses", () => (periodicTask as unknown as (...args: unknown[]) => unknown)(() => {}, {})],
    ["without an interval", () => (periodicTask as unknown as () => unknown)()],
    ["with null", () => periodicTask(null as unknown as number)],
  ] as const
) {
  Deno.test(`@periodicTask ${what} is a TypeError that says how to write it`, () => {
    assertThrows(use, TypeError, "@periodicTask(60_000)");
  });
}

Deno.test("@periodicTask with legacy decorators is a TypeError that says what to do", () => {
  const decorate = periodicTask(1_000) as unknown as (...args: unknown[]) => void;

  assertThrows(() => decorate({}, "cleanUp", {}), TypeError, "experimentalDecorators");
});

for (
  const context of [
    { kind: "field", name: "x", static: false, private: false },
    { kind: "method", name: "x", static: true, private: false },
    { kind: "method", name: "#x", static: false, private: true },
    { kind: "method", name: Symbol("x"), static: false, private: false },
  ]
) {
  const what = `${context.static ? "static " : ""}${context.private ? "private " : ""}${context.kind}`;
  Deno.test(`@periodicTask refuses a ${what} named ${String(context.name)}`, () => {
    const decorate = periodicTask(1_000) as unknown as (...args: unknown[]) => void;

    assertThrows(() => decorate(() => {}, context), TypeError, "run periodically");
  });
}

Deno.test("the type of a list of tasks takes functions of any result", () => {
  const tasks: readonly PeriodicTask[] = [[() => 1, 1], [
    async () => await Promise.resolve(),
    "* * * * *",
    {},
  ]];

  assertEquals(tasks.length, 2);
});
