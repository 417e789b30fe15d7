import { assertEquals, assertMatch } from "@std/assert";
import { runCli, RunningCli } from "../support/cli.ts";
import { waitUntil } from "../support/wait_until.ts";
import { brokerTest, ONE, THREE, TWO } from "./events_fixture.ts";

async function startTail(args: readonly string[]): Promise<RunningCli> {
  const tail = new RunningCli(["events", "tail", ...args]);
  const isReady = () => tail.error.includes("gemstone: watching, Ctrl-C ends");
  await waitUntil("tail is ready", isReady);
  return tail;
}

function emit(name: string, body: unknown, args: readonly string[]): Promise<unknown> {
  return runCli(["events", "emit", name, JSON.stringify(body), ...args]);
}

brokerTest(
  "gemstone events tail prints what is emitted, and takes it from nobody",
  async ({ at, service }) => {
    const tail = await startTail(at);

    await emit(ONE, { a: 1 }, at);
    await emit(TWO, [null], ["--group", "--id", "an id", ...at]);
    await waitUntil("both are printed", () => tail.out.length >= 2);
    await waitUntil("both are handled", () => service.seen.length >= 2);
    const code = await tail.stop();

    const broadcast = tail.out.find((line) => line.includes(ONE));
    const group = tail.out.find((line) => line.includes(TWO));
    assertMatch(broadcast!, new RegExp(`^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z broadcast ${ONE} \\S+ {"a":1}$`));
    assertMatch(group!, new RegExp(`^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z group {5}${TWO} an id \\[null\\]$`));
    assertEquals([code, service.seen.length], [0, 2]);
  },
);

brokerTest("gemstone events tail NAME prints only events of that name, --limit ends it", async ({ at }) => {
  const tail = await startTail([TWO, "--limit", "2", "--json", ...at]);

  for (const name of [ONE, TWO, THREE, TWO, TWO]) {
    await emit(name, name, ["--group", ...at]);
  }
  const code = await tail.end();

  const events = tail.out.map((line) => JSON.parse(line));
  assertEquals(code, 0);
  assertEquals(events.map(({ name, kind, body }) => [name, kind, body]), [
    [TWO, "group", TWO],
    [TWO, "group", TWO],
  ]);
});

brokerTest("gemstone events tail lets no control character through", async ({ at }) => {
  const body = { "\u009b2J": "\u202e\x1b]0;title\x07\n" };
  for (const flags of [[], ["--json"]]) {
    const tail = await startTail([ONE, ...flags, "--limit", "1", ...at]);

    await emit(ONE, body, at);
    await tail.end();

    const [line = ""] = tail.out;
    const json = flags.length > 0 ? JSON.parse(line).body : JSON.parse(line.slice(line.indexOf("{")));
    // deno-lint-ignore no-control-regex -- they are what must not be there
    assertEquals(/[\x00-\x1f\x7f-\x9f\u202e]/.test(line), false);
    assertEquals(json, body);
  }
});

brokerTest("gemstone events tail says what is wrong with what is no event, and goes on", async (scene) => {
  const text = await startTail([ONE, "--limit", "2", ...scene.at]);
  const json = await startTail([ONE, "--limit", "2", "--json", ...scene.at]);

  await scene.emitRaw(ONE, "{\x1b[2J");
  await emit(ONE, 1, scene.at);
  const codes = [await text.end(), await json.end()];

  assertEquals(codes, [0, 0]);
  assertMatch(text.out[0]!, new RegExp(`Z malformed ${ONE} - .*JSON`));
  assertEquals([text.out[0]!.includes("\x1b"), text.out[1]!.endsWith(" 1")], [false, true]);
  assertEquals(json.out.map((line) => JSON.parse(line).kind), ["malformed", "broadcast"]);
});

brokerTest("gemstone events tail ends when it is told to before anything has come", async ({ at }) => {
  const tail = await startTail([THREE, ...at]);

  const code = await tail.stop();

  assertEquals([code, tail.out], [0, []]);
});
