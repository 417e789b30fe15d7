import { assertEquals } from "@std/assert";
import { SuspectLane } from "../../../src/events/amqp/suspect_lane.ts";
import { waitUntil } from "../../support/wait_until.ts";

Deno.test("SuspectLane begins one after the other, in random order", async () => {
  const begun: string[] = [];
  const picks = [0.99, 0, 0.5, 0];
  const lane = new SuspectLane<string>((suspect) => begun.push(suspect), () => picks.shift()!);

  for (const suspect of ["a", "b", "c", "d"]) lane.push(suspect);
  for (let count = 1; count <= 4; count++) {
    await waitUntil("the next one begins", () => begun.length === count);
    lane.done();
  }

  // The place of what is taken is filled with the last one.
  assertEquals(begun, ["d", "a", "b", "c"]);
  assertEquals(lane.close(), []);
});

Deno.test("SuspectLane begins none while one has not ended", async () => {
  const begun: string[] = [];
  const lane = new SuspectLane<string>((suspect) => begun.push(suspect), () => 0);

  lane.push("a");
  await waitUntil("one begins", () => begun.length === 1);
  lane.push("b");
  await new Promise((resolve) => setTimeout(resolve, 40));

  assertEquals(begun, ["a"]);
  assertEquals(lane.close(), ["b"]);
});

Deno.test("SuspectLane.close() gives back what has not begun, and begins none", async () => {
  const begun: string[] = [];
  const lane = new SuspectLane<string>((suspect) => begun.push(suspect));
  lane.push("a");

  assertEquals(lane.close(), ["a"]);
  lane.push("b");
  lane.done();
  await new Promise((resolve) => setTimeout(resolve, 40));

  assertEquals(begun, []);
});
