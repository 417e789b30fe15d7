/** One state out of several. */
import { assertEquals } from "@std/assert";
import { MergedStatus } from "../../../src/events/amqp/merged_status.ts";
import type { EventTransportStatus } from "../../../src/events/event_transport.ts";
import { StatusBoard } from "../../../src/events/transport_state.ts";

const DOWN = { state: "down", reason: "r", nextRetryMs: 1 } as const;
const BLOCKED = { state: "blocked", reason: "r" } as const;
const CONNECTING = { state: "connecting" } as const;
const UP = { state: "up" } as const;
const STOPPED = { state: "stopped" } as const;
const FAILED = { state: "failed", error: new Error("f") } as const;

for (
  const [title, changes, wanted] of [
    ["a lost broker once", [
      ["a", UP],
      ["b", UP],
      ["a", DOWN],
      ["b", DOWN],
      ["a", CONNECTING],
      ["b", CONNECTING],
      ["a", UP],
      ["b", UP],
    ], [
      "up",
      "down",
      "connecting",
      "up",
    ]],
    ["a lost broker once, though the second connection notices it late", [
      ["a", UP],
      ["b", UP],
      ["a", DOWN],
      ["a", CONNECTING],
      ["b", DOWN],
      ["b", CONNECTING],
      ["a", UP],
      ["b", UP],
      ["b", DOWN],
    ], [
      "up",
      "down",
      "connecting",
      "up",
      "down",
    ]],
    ["the worse of two", [["a", UP], ["b", UP], ["b", DOWN], ["b", CONNECTING], ["b", UP]], [
      "up",
      "down",
      "connecting",
      "up",
    ]],
    ["nothing of a second one that connects for the first time", [["a", CONNECTING], ["a", UP], [
      "b",
      CONNECTING,
    ], ["b", UP]], [
      "connecting",
      "up",
    ]],
    ["that a second one can not connect", [["a", UP], ["b", CONNECTING], ["b", DOWN]], ["up", "down"]],
    ["that one is blocked", [["a", UP], ["b", UP], ["a", BLOCKED], ["b", BLOCKED], ["a", UP], ["b", UP]], [
      "up",
      "blocked",
      "up",
    ]],
    ["a failure before all else", [["a", UP], ["b", FAILED], ["a", DOWN]], ["up", "failed"]],
    ["the end when all have ended", [["a", UP], ["b", UP], ["b", STOPPED], ["a", STOPPED]], [
      "up",
      "stopped",
    ]],
  ] as [string, [string, EventTransportStatus][], string[]][]
) {
  Deno.test(`MergedStatus tells ${title}`, () => {
    const board = new StatusBoard();
    const told: string[] = [];
    board.listen(({ state }) => told.push(state));
    const merged = new MergedStatus(board);

    for (const [part, status] of changes) merged.set(part, status);

    assertEquals(told, wanted);
  });
}
