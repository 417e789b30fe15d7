import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { AMQP_URL } from "../support/broker.ts";
import { runCli } from "../support/cli.ts";
import { withChannel } from "../support/raw_amqp.ts";
import { waitUntil } from "../support/wait_until.ts";
import { brokerTest, ONE, THREE, TWO } from "./events_fixture.ts";

for (const kind of ["broadcast", "group event"] as const) {
  const flags = kind === "broadcast" ? [] : ["--group"];

  brokerTest(`gemstone events emit gives a ${kind} to a service`, async ({ at, service }) => {
    const result = await runCli(["events", "emit", ONE, '{"a": [1, null, "ä"]}', ...flags, ...at]);
    await waitUntil("the event is handled", () => service.seen.length > 0);

    const [{ body, event }] = service.seen as [typeof service.seen[0]];
    assertEquals(result.error, "");
    assertEquals(result.code, 0);
    assertMatch(result.out, new RegExp(`^Emitted ${kind} "${ONE}", id [0-9a-f-]{36}`));
    assertEquals(body, { a: [1, null, "ä"] });
    assertEquals(event.broadcast, kind === "broadcast");
  });
}

brokerTest(
  "gemstone events emit --group passes id and source on, and prints JSON",
  async ({ at, service }) => {
    const given = [
      "events",
      "emit",
      TWO,
      "1",
      "--id",
      "an id",
      "--group",
      "--json",
      "--require-route",
      ...at,
    ];
    const { code, out } = await runCli(given);
    await waitUntil("the event is handled", () => service.seen.length > 0);

    assertEquals(code, 0);
    assertEquals(JSON.parse(out), { id: "an id", confirmed: true, routed: true, attempts: 1 });
    assertEquals([service.seen[0]?.event.id, service.seen[0]?.event.source], ["an id", "/gemstone/cli"]);
  },
);

brokerTest("gemstone events emit takes the body from standard input", async ({ at, service }) => {
  const readInput = () => Promise.resolve(new TextEncoder().encode('\ufeff\n{"text": "ä"}\n'));
  const { code } = await runCli(["events", "emit", ONE, "-", "--group", ...at], { readInput });
  await waitUntil("the event is handled", () => service.seen.length > 0);

  assertEquals([code, service.seen[0]?.body], [0, { text: "ä" }]);
});

brokerTest("gemstone events emit sends null when there is no body, and a negative number", async (scene) => {
  const { at, service } = scene;
  await runCli(["events", "emit", ONE, "--group", ...at]);
  await waitUntil("the first is handled", () => service.seen.length === 1);
  await runCli(["events", "emit", ONE, "-5", "--group", ...at]);
  await waitUntil("the second is handled", () => service.seen.length === 2);

  assertEquals(service.seen.map(({ body }) => body), [null, -5]);
});

brokerTest("gemstone events emit warns of a group event that nobody handles", async ({ at }) => {
  const { code, error } = await runCli(["events", "emit", THREE, "--group", ...at]);

  assertEquals([code, error], [0, `gemstone: warning: no service handles "${THREE}"`]);
});

brokerTest("gemstone events emit warns of a broadcast that nobody hears", async ({ at }) => {
  const { code, error } = await runCli(["events", "emit", THREE, ...at]);

  assertEquals([code, error], [0, `gemstone: warning: nobody who is there handles "${THREE}"`]);
});

brokerTest("gemstone events emit --require-route fails when nobody handles it", async ({ at }) => {
  const { code, out, error } = await runCli(["events", "emit", THREE, "--group", "--require-route", ...at]);

  assertEquals([code, out], [1, ""]);
  assertMatch(error, new RegExp(`^gemstone: error: .*${THREE}[^\\n]*$`));
});

brokerTest("gemstone events emit refuses a body that is too large", async ({ at }) => {
  const readInput = () => Promise.resolve(new TextEncoder().encode(`"${"x".repeat(2_000_000)}"`));
  const { code, error } = await runCli(["events", "emit", ONE, "-", ...at], { readInput });

  assertEquals(code, 1);
  assertMatch(error, /^gemstone: error: [^\n]{1,300}$/);
});

Deno.test({
  name: "gemstone events emit --compat gemstone speaks to Python services",
  ignore: AMQP_URL === undefined,
  fn: () =>
    withChannel(AMQP_URL!, async (channel) => {
      const exchange = `gemstone.broadcast.${ONE}`;
      await channel.assertExchange(exchange, "fanout", { durable: false });
      const { queue } = await channel.assertQueue("", { exclusive: true, durable: false });
      await channel.bindQueue(queue, exchange, "");

      const at = ["--url", AMQP_URL!, "--compat", "gemstone"];
      const { code, error } = await runCli(["events", "emit", ONE, '{"a": 12345678901234567890}', ...at]);

      const message = await channel.get(queue, { noAck: true });
      await channel.deleteExchange(exchange);
      assertEquals([code, error], [0, ""]);
      assertEquals(message && message.content.toString(), '{"a": 12345678901234567890}');
    }),
});

for (
  const [what, bytes] of [
    ["not UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
    ["not JSON", new TextEncoder().encode("{")],
    ["empty", new Uint8Array()],
  ] as const
) {
  Deno.test(`gemstone events emit refuses standard input that is ${what}`, async () => {
    const readInput = () => Promise.resolve(bytes);
    const { code, error } = await runCli(["events", "emit", "a", "-"], { readInput });

    assertEquals(code, 2);
    assertStringIncludes(error, "standard input is not");
  });
}

for (
  const [what, url] of [
    ["a RabbitMQ on a closed port", "amqp://user:hush@127.0.0.1:1"],
    ["a Redis on a closed port", "redis://user:hush@127.0.0.1:1"],
    ["a Redis on a socket that is not there", "unix://:hush@/nowhere/redis.sock"],
    ["a host that is not there", "amqp://user:hush@nowhere.invalid"],
  ] as const
) {
  for (
    const args of [["emit", "a"], ["tail"], ["dead", "list", "--service", "a"]] as const
  ) {
    Deno.test(`gemstone events ${args.slice(0, 2).join(" ")} ends with 3 for ${what}`, async () => {
      const { code, out, error } = await runCli(["events", ...args, "--url", url]);

      assertEquals([code, out], [3, ""]);
      assertMatch(error, /^gemstone: error: [^\n]+$/);
      assertEquals(error.includes("hush"), false);
    });
  }
}

for (const scheme of ["amqp", "redis"]) {
  Deno.test(`gemstone events emit --timeout does not wait for a silent server (${scheme})`, async () => {
    const server = createServer((socket) => void socket.on("error", () => {}).resume()).listen(
      0,
      "127.0.0.1",
    );
    await once(server, "listening");
    const url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;

    const { code, error } = await runCli(["events", "emit", "a", "--timeout", "100", "--url", url]);
    await new Promise((resolve) => server.close(resolve));

    assertEquals(code, 3);
    assertMatch(error, /^gemstone: error: [^\n]+$/);
  });
}

brokerTest("gemstone events ends with 3 for a wrong password, and does not tell it", async ({ url }) => {
  const wrong = new URL(url);
  wrong.username = "nobody-of-this-name";
  wrong.password = "hush";
  for (const args of [["emit", "a"], ["tail"], ["dead", "list", "--service", "a"]]) {
    const { code, error } = await runCli(["events", ...args, "--url", wrong.href]);

    assertEquals([code, error.includes("hush")], [3, false]);
    assertMatch(error, /^gemstone: error: [^\n]+$/);
  }
});
