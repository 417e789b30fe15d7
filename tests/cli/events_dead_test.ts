import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { NonRetryableError } from "@gemstone/gemstone";
import { runCli } from "../support/cli.ts";
import { waitUntil } from "../support/wait_until.ts";
import { brokerTest, ONE, type Scene } from "./events_fixture.ts";

/** Makes the service fail so many times, and returns the dead letters as `list --json` tells them. */
async function makeDead(scene: Scene, count: number): Promise<{ id: string; body: string }[]> {
  scene.service.failure = new NonRetryableError("Cannot book \x1b[2J this");
  for (let index = 0; index < count; index++) {
    await runCli(["events", "emit", ONE, String(index), "--group", ...scene.at]);
  }
  await waitUntil("all are dead-lettered", async () => (await list(scene)).length === count);
  return await list(scene);
}

async function list(scene: Scene): Promise<{ id: string; body: string }[]> {
  const { out } = await dead(scene, "list", "--json");
  return out === "" ? [] : out.split("\n").map((line) => JSON.parse(line));
}

function dead({ service, at }: Scene, ...args: string[]): ReturnType<typeof runCli> {
  return runCli(["events", "dead", ...args, "--service", service.name, ...at]);
}

brokerTest("gemstone events dead list prints a table, and nothing when there are none", async (scene) => {
  const none = await dead(scene, "list");
  await makeDead(scene, 3);
  const all = await dead(scene, "list");
  const two = await dead(scene, "list", "--limit", "2");

  const text = `gemstone: there are no dead letters of service "${scene.service.name}"`;
  assertEquals(none, { code: 0, out: "", error: text });
  const [head = "", first = "", ...others] = all.out.split("\n");
  assertMatch(head, /^ID +EVENT +REASON +ATTEMPTS +LAST FAILURE +ERROR$/);
  assertStringIncludes(first, `  ${ONE}  `);
  assertMatch(first, /^\S+ +\S+ +non_retryable +1 +\S+Z +NonRetryableError: Cannot book \\u001b\[2J this$/);
  assertEquals([all.code, all.error, others.length], [0, "", 2]);
  assertEquals(two.out.split("\n").length, 3);
  assertEquals(two.error, "gemstone: there are more than 2, see --limit");
});

brokerTest("gemstone events dead show prints all there is to know of one", async (scene) => {
  const letters = await makeDead(scene, 2);
  const letter = letters.find(({ body }) => body === "1")!;

  const text = await dead(scene, "show", letter.id);
  const json = await dead(scene, "show", "--json", letter.id);

  assertEquals([text.code, json.code], [0, 0]);
  assertStringIncludes(text.out, "\nreason         non_retryable\n");
  assertStringIncludes(text.out, "\nstack\n  ");
  assertStringIncludes(text.out, "\nbody\n  1");
  assertEquals(text.out.includes("\x1b"), false);
  assertEquals(JSON.parse(json.out), letter);
});

brokerTest("gemstone events dead redrive delivers one, then all, once more", async (scene) => {
  const [first, ...others] = await makeDead(scene, 3);
  scene.service.failure = undefined;

  const one = await dead(scene, "redrive", first!.id);
  await waitUntil("one is handled", () => scene.service.seen.length === 1);
  const left = await list(scene);
  const all = await dead(scene, "redrive", "--all");
  await waitUntil("all are handled", () => scene.service.seen.length === 3);

  assertEquals(one, { code: 0, out: "Redrove 1 dead letter", error: "" });
  assertEquals(left.map(({ body }) => body).sort(), others.map(({ body }) => body).sort());
  assertEquals(all, { code: 0, out: "Redrove 2 dead letters", error: "" });
  assertEquals(await list(scene), []);
  assertEquals(scene.service.seen.map(({ body }) => body).sort(), [0, 1, 2]);
});

brokerTest("gemstone events dead drop deletes one, then all", async (scene) => {
  const [first] = await makeDead(scene, 3);

  const one = await dead(scene, "drop", first!.id);
  const refused = await dead(scene, "drop", "--all");
  const left = await list(scene);
  const all = await dead(scene, "drop", "--all", "--yes");

  assertEquals(one, { code: 0, out: "Dropped 1 dead letter", error: "" });
  assertEquals([refused.code, left.length], [2, 2]);
  assertEquals(all, { code: 0, out: "Dropped 2 dead letters", error: "" });
  assertEquals(await list(scene), []);
});

brokerTest("gemstone events dead ends with 4 for one that is not there", async (scene) => {
  const [letter] = await makeDead(scene, 1);

  const shown = await dead(scene, "show", "no such one");
  const redriven = await dead(scene, "redrive", "no-such-one");
  const dropped = await dead(scene, "drop", "no-such-one", letter!.id);

  assertEquals(shown, { code: 4, out: "", error: 'gemstone: error: there is no dead letter "no such one"' });
  assertEquals([redriven.code, redriven.out], [4, "Redrove 0 dead letters"]);
  assertStringIncludes(redriven.error, "1 of 1 are not there");
  assertEquals([dropped.code, dropped.out], [4, "Dropped 1 dead letter"]);
  assertEquals(dropped.error, "gemstone: error: 1 of 2 are not there");
});

brokerTest("gemstone events dead works for a service that has never been there", async ({ at }) => {
  const nobody = ["--service", "nobody of this name", ...at];

  const listed = await runCli(["events", "dead", "list", ...nobody]);
  const redriven = await runCli(["events", "dead", "redrive", "--all", ...nobody]);
  const dropped = await runCli(["events", "dead", "drop", "--all", "--yes", ...nobody]);

  assertEquals([listed.code, listed.error], [
    0,
    'gemstone: there are no dead letters of service "nobody of this name"',
  ]);
  assertEquals([redriven.code, redriven.out], [0, "Redrove 0 dead letters"]);
  assertEquals([dropped.code, dropped.out], [0, "Dropped 0 dead letters"]);
});
