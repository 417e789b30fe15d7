/** What goes into a worker and what comes out. */
import { assert, assertEquals, assertInstanceOf, assertNotEquals, assertRejects } from "@std/assert";
import { RpcError } from "@gemstone/gemstone";
import { TASKS, TestExecutor } from "./blocking_fixture.ts";

Deno.test("run() calls a function of a module in a worker", async () => {
  await using executor = new TestExecutor();

  assertEquals(executor.stats, { workers: 0, running: 0, queued: 0, ending: 0, threads: 0 });
  assertEquals(await executor.run(new URL(TASKS), "add", [1, 2]), 3);
  assertEquals(await executor.run(TASKS, "addLater", [1, 2]), 3);
  assertEquals(executor.stats, { workers: 1, running: 0, queued: 0, ending: 0, threads: 0 });
});

Deno.test("run() loads the module as one that is not the main one", async () => {
  await using executor = new TestExecutor();

  assertEquals(await executor.task("tellIsMain"), false);
});

const VALUES: readonly unknown[] = [
  undefined,
  null,
  -0,
  NaN,
  10n,
  "\u0000\ud800",
  new Date(5),
  new Map([[{ a: 1 }, new Set(["x"])]]),
  [undefined, { a: undefined }],
  new Error("a value as well"),
];

Deno.test("run() copies arguments and results", async () => {
  await using executor = new TestExecutor();

  for (const value of VALUES) assertEquals(await executor.task("echo", value), value);
  assertEquals(await executor.task("echo"), []);
});

Deno.test("run() takes a large number of arguments and a large one", async () => {
  await using executor = new TestExecutor();
  const many = Array.from({ length: 50_000 }, (_, index) => index);

  assertEquals((await executor.task("echo", ...many) as number[]).length, 50_000);
  assertEquals((await executor.task("echo", "x".repeat(20_000_000)) as string).length, 20_000_000);
});

Deno.test("run() moves the buffers of a result, and copies a part of one", async () => {
  await using executor = new TestExecutor();

  const { buffer, list, part } = await executor.task("makeBuffers") as {
    buffer: ArrayBuffer;
    list: Uint8Array[];
    part: Uint8Array;
  };

  assertEquals(buffer.byteLength, 8);
  assertEquals(list[0], new Uint8Array([1, 2, 3, 4]));
  assert(list[0] === list[1]);
  assertEquals([...part], [0, 0]);
});

Deno.test("run() says so when a function returns a buffer that has moved already", async () => {
  await using executor = new TestExecutor({ maxWorkers: 1 });

  assertEquals(await executor.task("returnKept"), { lengthBefore: 2, bytes: new Uint8Array([9, 9]) });
  await assertRejects(() => executor.task("returnKept"), TypeError, "a buffer only once");
});

Deno.test("run() moves the arguments that shall be transferred", async () => {
  await using executor = new TestExecutor();
  const bytes = new Uint8Array([1, 2]);

  const result = await executor.run(TASKS, "echo", [bytes], { transfer: [bytes.buffer] });

  assertEquals(result, new Uint8Array([1, 2]));
  assertEquals(bytes.byteLength, 0);
});

Deno.test("run() lets an RpcError through with class, code, data and cause", async () => {
  await using executor = new TestExecutor();

  const error = await assertRejects(() => executor.task("throwRpcError"), RpcError, "Out of stock");

  assertEquals([error.name, error.code, error.rpcCode, error.data], ["OutOfStock", "ERR_RPC", 4001, {
    left: [0],
  }]);
  assertEquals((error as RpcError & { sku: string }).sku, "a1");
  assertInstanceOf(error.cause, RangeError);
  assert(error.stack?.includes("blocking_tasks"));
});

for (const value of ["oops", 0, undefined, null, { code: 5 }]) {
  Deno.test(`run() throws what is no error as it is: ${JSON.stringify(value)}`, async () => {
    await using executor = new TestExecutor();

    const thrown = await executor.task("throwIt", value).then(() => "nothing", (error) => ({ error }));

    assertEquals(thrown, { error: value });
  });
}

const FAULTS: readonly (readonly [task: string, text: string])[] = [
  ["throwFunction", "Something was thrown that can not leave its worker (function)"],
  ["returnFunction", "Cannot send the result of returnFunction of"],
  ["missing", 'exports no function "missing"; it exports Counter'],
  ["notCallable", 'exports no function "notCallable"'],
  ["constructor", 'exports no function "constructor"'],
  ["__proto__", 'exports no function "__proto__"'],
];

for (const [task, text] of FAULTS) {
  Deno.test(`run() says what is wrong with ${task}, and the worker goes on`, async () => {
    await using executor = new TestExecutor({ maxWorkers: 1 });
    await executor.task("add", 1, 2);

    await assertRejects(() => executor.task(task), TypeError, text);

    assertEquals(await executor.task("add", 1, 2), 3);
    assertEquals(executor.stats.workers, 1);
  });
}

Deno.test("run() says so when arguments can not be copied, also when many wait", async () => {
  await using executor = new TestExecutor({ maxWorkers: 1, maxQueue: 20_000 });

  const calls = Array.from({ length: 20_000 }, () => executor.task("echo", () => {}));
  const results = await Promise.allSettled(calls);

  assert(results.every((result) => result.status === "rejected" && result.reason instanceof TypeError));
  assertEquals(await executor.task("add", 1, 2), 3);
});

Deno.test("run() does not take what a task writes to its parent for an answer", async () => {
  await using executor = new TestExecutor({ maxWorkers: 1 });

  assertEquals(await executor.task("talkToParent"), "done");
  assertEquals(await executor.task("add", 1, 2), 3);
});

const MODULES: readonly (readonly [what: string, module: string, text: string])[] = [
  ["is not there", "file:///nowhere/tasks.ts", "Cannot load file:///nowhere/tasks.ts in a worker: "],
  [
    "is no JavaScript",
    "data:text/javascript,this is not",
    "Cannot load data:text/javascript,this is not in a worker",
  ],
  ["throws", "data:text/javascript,throw new Error('at once')", "in a worker: at once"],
];

for (const [what, module, text] of MODULES) {
  Deno.test(`run() says so when a module ${what}`, async () => {
    await using executor = new TestExecutor();

    await assertRejects(() => executor.run(module, "x"), Error, text);
    assertEquals(await executor.task("add", 1, 2), 3);
  });
}

const MISUSES:
  readonly (readonly [what: string, call: (executor: TestExecutor) => Promise<unknown>, text: string])[] = [
    ["a relative module", (e) => e.run("./tasks.ts", "x"), "give the absolute URL of a module"],
    ["no module", (e) => e.run(undefined as unknown as string, "x"), "give the absolute URL of a module"],
    ["an empty export", (e) => e.run(TASKS, ""), "the name of the export must be a text"],
    [
      "no export",
      (e) => e.run(TASKS, undefined as unknown as string),
      "the name of the export must be a text",
    ],
    ["a function for a name", (e) => e.run(TASKS, (() => {}) as unknown as string), "must be a text"],
    [
      "no method",
      (e) => e.runMethod(TASKS, "A", 5 as unknown as string),
      "the name of the method must be a text",
    ],
    ["no list", (e) => e.run(TASKS, "add", "ab" as unknown as unknown[]), "the arguments must be a list"],
    [
      "a strange transfer",
      (e) => e.run(TASKS, "add", [], { transfer: 5 as unknown as [] }),
      '"transfer" must be a list',
    ],
  ];

for (const [what, call, text] of MISUSES) {
  Deno.test(`an executor refuses ${what}, and starts no worker for it`, async () => {
    await using executor = new TestExecutor();

    await assertRejects(() => call(executor), TypeError, text);

    assertEquals(executor.stats.workers, 0);
  });
}

Deno.test("runMethod() keeps one instance of the class in each worker", async () => {
  await using executor = new TestExecutor({ maxWorkers: 1 });
  await using other = new TestExecutor({ maxWorkers: 1 });

  const counts = [
    await executor.method("Counter", "next"),
    await executor.method("Counter", "next"),
    await other.method("Counter", "next"),
  ];

  assertEquals(counts, [1, 2, 1]);
});

Deno.test("runMethod() makes a service by its constructor alone", async () => {
  await using executor = new TestExecutor();

  assertEquals(await executor.method("Service", "describe"), {
    name: "blocking",
    url: "http://127.0.0.1:8000/api",
  });
});

Deno.test("runMethod() finds the default export and a class by its own name", async () => {
  await using executor = new TestExecutor();

  assertEquals(await executor.method(undefined, "hello", "you"), "hello you");
  assertEquals(await executor.method("default", "hello", "you"), "hello you");
  assertEquals(await executor.method("Renamed", "run"), "renamed");
  assertEquals(await executor.method("PublicName", "run"), "renamed");
});

Deno.test("runMethod() passes on what a constructor and a getter throw", async () => {
  await using executor = new TestExecutor();

  await assertRejects(() => executor.method("Fragile", "run"), TypeError, "The constructor fails");
  await assertRejects(() => executor.method("Counter", "broken"), Error, "a getter fails");
  assertNotEquals(await executor.method("Counter", "next"), undefined);
});
