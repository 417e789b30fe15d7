import { assertEquals, assertThrows } from "@std/assert";
import type { EventTransportStatus } from "../../src/events/event_transport.ts";
import { createCounters, StatusBoard } from "../../src/events/transport_state.ts";

const DOWN: EventTransportStatus = { state: "down", reason: "refused", nextRetryMs: 100 };

function listenTo(board: StatusBoard): EventTransportStatus["state"][] {
  const heard: EventTransportStatus["state"][] = [];
  board.listen(({ state }) => heard.push(state));
  return heard;
}

Deno.test("createCounters() makes counters of their own, all zero", () => {
  const [first, second] = [createCounters(), createCounters()];

  first.emitted++;

  assertEquals(second.emitted, 0);
  assertEquals(new Set(Object.values(second)), new Set([0]));
});

Deno.test("StatusBoard.set() tells listeners of changes, and of a repeated down", () => {
  const board = new StatusBoard();
  const heard = listenTo(board);

  for (const state of ["stopped", "connecting", "connecting", "up", "up"] as const) board.set({ state });
  board.set(DOWN);
  board.set(DOWN);
  board.set({ state: "stopped" });
  board.set({ state: "stopped" });

  assertEquals(heard, ["connecting", "up", "down", "down", "stopped"]);
  assertEquals(board.current, { state: "stopped" });
});

Deno.test("StatusBoard.listen() adds a listener as often as it is given, and removes it once", () => {
  const board = new StatusBoard();
  let calls = 0;
  const listener = () => void calls++;

  const removeFirst = board.listen(listener);
  board.listen(listener);
  removeFirst();
  removeFirst();
  board.set({ state: "up" });

  assertEquals(calls, 1);
});

Deno.test("StatusBoard.set() does not call a listener that another one has removed", () => {
  const board = new StatusBoard();
  const heard: string[] = [];
  board.listen(() => removeSecond());
  const removeSecond = board.listen(() => heard.push("second"));

  board.set({ state: "up" });

  assertEquals(heard, []);
});

Deno.test("StatusBoard.set() keeps the order for all when a listener changes the state", () => {
  const board = new StatusBoard();
  board.listen(({ state }) => {
    if (state === "up") board.set({ state: "stopped" });
  });
  const heard = listenTo(board);

  board.set({ state: "connecting" });
  board.set({ state: "up" });

  assertEquals(heard, ["connecting", "up", "stopped"]);
});

Deno.test("StatusBoard.set() tells the others when a listener throws, and throws that in a task of its own", () => {
  const board = new StatusBoard();
  board.listen(() => {
    throw new Error("a listener's fault");
  });
  const heard = listenTo(board);

  const tasks = holdMicrotasks(() => {
    board.set({ state: "up" });
    board.set({ state: "stopped" });
  });

  assertEquals(heard, ["up", "stopped"]);
  assertEquals(tasks.length, 2);
  for (const task of tasks) assertThrows(task, Error, "a listener's fault");
});

/** What would be thrown there would end the test runner. */
function holdMicrotasks(run: () => void): (() => void)[] {
  const { queueMicrotask } = globalThis;
  const held: (() => void)[] = [];
  globalThis.queueMicrotask = (task) => void held.push(task);
  try {
    run();
  } finally {
    globalThis.queueMicrotask = queueMicrotask;
  }
  return held;
}
