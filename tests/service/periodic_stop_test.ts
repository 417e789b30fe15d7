import { assert, assertEquals } from "@std/assert";
import { createTask, Quiet } from "../support/quiet_service.ts";
import { createGate } from "../support/service.ts";
import { waitUntil, within } from "../support/wait_until.ts";

Deno.test("stop() waits for a run that goes on, and calls are answered meanwhile", async () => {
  const service = new Quiet();
  const begun = createGate();
  const gate = createGate();
  let hasEnded = false;
  service.periodicTasks = [[
    async () => {
      begun.open();
      await gate.promise;
      hasEnded = true;
    },
    3_600_000,
    { runAtStart: true },
  ]];
  await service.start();
  await begun.promise;

  const stopped = service.stop();
  const body = JSON.stringify({ jsonrpc: "2.0", method: "ping", id: 1 });
  const headers = { "content-type": "application/json", connection: "close" };
  const response = await fetch(service.url, { method: "POST", headers, body });
  const { result } = await response.json();
  gate.open();
  await stopped;

  assertEquals([result, hasEnded], ["pong", true]);
});

Deno.test("stop() gives up a run that does not end: its signal aborts", async () => {
  const service = new Quiet();
  service.shutdownTimeoutMs = 50;
  const { task, ran } = createTask();
  service.periodicTasks = [[
    (run) => {
      task(run);
      return new Promise(() => {});
    },
    3_600_000,
    { runAtStart: true, name: "endless" },
  ]];
  await service.start();
  const { signal } = await ran.promise;

  await within(10_000, "the stop", service.stop());

  assertEquals(signal.aborted, true);
  assert(service.memory.records.some(({ message }) => message.includes('"endless"')));
});

Deno.test("stop() takes no more calls after half of its time when a run takes long, so that they can end", async () => {
  const service = new Quiet();
  service.shutdownTimeoutMs = 3_000;
  service.periodicTasks = [[() => new Promise(() => {}), 3_600_000, { runAtStart: true }]];
  await service.start();
  const { url } = service;
  const body = JSON.stringify({ jsonrpc: "2.0", method: "ping", id: 1 });
  const headers = { "content-type": "application/json", connection: "close" };
  const isAnswered = () =>
    fetch(url, { method: "POST", headers, body }).then((response) => response.text()).then(
      (text) => text.includes("pong"),
      () => false,
    );

  const beganAt = performance.now();
  const stopped = service.stop();
  const atFirst = await isAnswered();
  await waitUntil("a refusal", async () => !await isAnswered());
  const refusedAfterMs = performance.now() - beganAt;
  await stopped;

  assertEquals(atFirst, true);
  assert(refusedAfterMs > 1_000 && refusedAfterMs < 2_900, `refused after ${refusedAfterMs} ms`);
});

Deno.test("tasks begin again when the service is started again", async () => {
  const service = new Quiet();
  let runs = 0;
  service.periodicTasks = [[() => runs++, 3_600_000, { runAtStart: true }]];
  for (let turn = 0; turn < 2; turn++) {
    await service.start();
    await service.stop();
  }

  assertEquals(runs, 2);
});

Deno.test("a task may stop its own service", async () => {
  const service = new Quiet();
  const stopped = createGate();
  service.onServiceStop = stopped.open;
  service.periodicTasks = [[() => void service.stop(), 1]];

  await service.start();

  await within(10_000, "the stop", stopped.promise);
  await service.stop();
});
