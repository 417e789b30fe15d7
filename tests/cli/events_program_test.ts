import { assertEquals, assertMatch } from "@std/assert";
import { withCliProgram } from "../support/cli.ts";
import { withProgram } from "../support/spawn_service.ts";
import { waitUntil } from "../support/wait_until.ts";
import { brokerTest, ONE } from "./events_fixture.ts";

const READY = /watching, Ctrl-C ends/;

brokerTest("the program emits what it reads, with the network as its only permission", async (scene) => {
  const { url, at, service } = scene;
  const permissions = [`--allow-net=${new URL(url).host}`];
  const options = { input: '{"a": 1}', permissions };

  await withCliProgram(["events", "emit", ONE, "-", "--group", ...at], async (program) => {
    const end = await program.ended;

    assertEquals([end.code, program.stderr], [0, ""]);
    assertMatch(program.stdout, /^Emitted group event "[^"]+", id \S+\n$/);
  }, options);
  await waitUntil("the event is handled", () => service.seen.length === 1);
  assertEquals(service.seen[0]?.body, { a: 1 });
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  brokerTest(`${signal} ends the program that tails, with exit code 0`, async ({ at }) => {
    await withCliProgram(["events", "tail", ONE, ...at], async (program) => {
      await program.waitFor(READY);
      program.kill(signal);
      const end = await program.ended;

      assertEquals([end.code, program.stdout], [0, ""]);
      assertEquals(program.stderr.split("\n").length, 2);
    });
  });
}

brokerTest("the program that tails ends when nobody reads it any more", async ({ service, at }) => {
  await withCliProgram(["events", "tail", ...at], async (program, child) => {
    await program.waitFor(READY);
    child.stdout!.destroy();
    let isOver = false;
    const ended = program.ended.finally(() => isOver = true);
    await waitUntil("it has noticed", async () => {
      await service.emitEvent(ONE, 1);
      return isOver;
    });

    const end = await ended;
    assertEquals(end.code, 0);
    assertEquals(program.stderr.split("\n").length, 2);
  });
});

for (
  const [code, what, args] of [
    [2, "wrong usage", ["events", "emit", "a", "{"]],
    [3, "a RabbitMQ that is not there", ["events", "emit", "a", "--url", "amqp://u:hush@127.0.0.1:1"]],
    [3, "a Redis that is not there", ["events", "tail", "--url", "redis://u:hush@127.0.0.1:1"]],
  ] as const
) {
  Deno.test(`the program ends by itself with ${code} and one line for ${what}`, async () => {
    await withCliProgram(args, async (program) => {
      const end = await program.ended;

      assertEquals([end.code, program.stdout], [code, ""]);
      assertMatch(program.stderr, /^gemstone: error: [^\n]+\n$/);
      assertEquals(program.stderr.includes("hush"), false);
    });
  });
}

Deno.test("the program takes the broker from AMQP_URL", async () => {
  const env = { AMQP_URL: "amqp://user:hush@127.0.0.1:1" };

  await withCliProgram(["events", "emit", "a"], async (program) => {
    const end = await program.ended;

    assertEquals(end.code, 3);
    assertMatch(program.stderr, /127\.0\.0\.1:1\b/);
  }, { env });
});

brokerTest("only the events commands load a driver, and only the one that they need", async ({ at, url }) => {
  const args = ["events", "emit", ONE, ...at];
  const source = `
    import { createRequire } from "node:module";
    import { runCommand } from "@gemstone/gemstone/cli";
    const output = { out: () => {}, error: () => {} };
    const countLoaded = () => ["amqplib", "@redis"].map((name) =>
      Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes(name)));
    await runCommand(["call_raw", "http://127.0.0.1:1/api", "a"], output);
    await runCommand(["events", "--help"], output);
    await runCommand(["events", "emit", "a", "{"], output);
    const before = countLoaded();
    const code = await runCommand(${JSON.stringify(args)}, output);
    console.log(JSON.stringify([before, code, countLoaded()]));
  `;

  await withProgram(source, async (program) => {
    await program.ended;

    const isAmqp = url.startsWith("amqp");
    assertEquals(JSON.parse(program.stdout), [[false, false], 0, [isAmqp, !isAmqp]]);
  });
});

brokerTest("a program that has run all events commands ends by itself", async ({ at }) => {
  const source = `
    import { runCommand } from "@gemstone/gemstone/cli";
    const at = ${JSON.stringify(at)};
    const lines = [];
    const output = { out: (line) => lines.push(line), error: () => {} };
    const stop = new AbortController();
    const onReady = { ...output, error: () => stop.abort() };
    const dead = ["--service", "nobody of this name", ...at];
    const codes = [
      await runCommand(["events", "emit", ${JSON.stringify(ONE)}, ...at], output),
      await runCommand(["events", "emit", "a b", ...at], output),
      await runCommand(["events", "tail", ...at], onReady, { signal: stop.signal }),
      await runCommand(["events", "dead", "list", ...dead], output),
      await runCommand(["events", "dead", "redrive", "--all", ...dead], output),
      await runCommand(["events", "dead", "drop", "1", ...dead], output),
      await runCommand(["events", "emit", "a", "--url", at[1].replace(/:\\d+/, ":1")], output),
    ];
    console.log(JSON.stringify(codes));
  `;

  await withProgram(source, async (program) => {
    const end = await program.ended;

    assertEquals([end, program.stdout.trim()], [{ code: 0, signal: null }, "[0,2,0,0,0,4,3]"]);
  });
});
