import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runCommand } from "@gemstone/gemstone/cli";
import { runCli, RunningCli, withCliProgram } from "../../support/cli.ts";
import { CalledService, serveText } from "../../support/cli_service.ts";
import { findFreePort } from "../../support/tcp_port.ts";
import { waitUntil } from "../../support/wait_until.ts";

const NOWHERE = "http://127.0.0.1:9/api";

Deno.test("bench makes its calls and tells the figures, with a histogram", async () => {
  await using service = new CalledService();
  await service.start();

  const { code, out, error } = await runCli(["bench", service.url, "echo", "value=1", "--requests", "300"]);

  const [head = "", latency = "", empty, ...bars] = out.split("\n");
  assertEquals([code, error, service.calls], [0, "", 300]);
  assertMatch(head, /^300 calls in \d+\.\d\d s, 10 at once: \d+\.\d calls\/s$/);
  assertMatch(latency, /^latency in ms: p50 [\d.]+, p90 [\d.]+, p99 [\d.]+, max [\d.]+$/);
  assertEquals([empty, bars.at(-1)], ["", ""]);
  const counts = bars.slice(0, -1).map((bar) =>
    Number(/^ +[\d.]+ - [\d.]+ ms {2}#{1,40} (\d+)$/.exec(bar)?.[1])
  );
  assertEquals(counts.reduce((sum, count) => sum + count, 0), 300);
});

Deno.test("bench --json prints the figures in one line", async () => {
  await using service = new CalledService();
  await service.start();
  const args = ["bench", service.url, "echo", "--requests", "50", "--concurrency", "5", "--json"];

  const { code, out } = await runCli(args);

  const { seconds, calls_per_second: rate, latency_ms: latency, histogram, ...rest } = JSON.parse(out);
  assertEquals([code, out.split("\n").length], [0, 1]);
  assertEquals(rest, { calls: 50, failed: 0, interrupted: false, concurrency: 5, errors: [] });
  assertEquals([seconds > 0, rate > 0, histogram.length > 0], [true, true, true]);
  assertEquals(Object.keys(latency), ["min", "p50", "p90", "p99", "max"]);
});

Deno.test("bench counts errors by kind and ends with 1", async () => {
  await using service = new CalledService();
  await service.start();

  const text = await runCli(["bench", service.url, "refuse", "--requests", "20"]);
  const json = await runCli(["bench", service.url, "refuse", "--requests", "20", "--json"]);

  assertEquals([text.code, json.code], [1, 1]);
  assertMatch(
    text.out,
    /\n20 failed\n {2}20 {2}error 4001, as in: Cannot call "refuse" at [^\n]+ \(error 4001[^\n]+\)$/,
  );
  const { failed, latency_ms: latency, errors: [{ kind, count }] } = JSON.parse(json.out);
  assertEquals({ failed, latency, kind, count }, {
    failed: 20,
    latency: null,
    kind: "error 4001",
    count: 20,
  });
});

Deno.test("bench with many calls at once ends early, and warns of nothing", async () => {
  await using service = new CalledService();
  await service.start();
  const args = ["bench", service.url, "echo", "--duration", "600000", "--concurrency", "100", "--json"];
  await withCliProgram(args, async (program) => {
    await waitUntil("some calls are made", () => service.calls > 1000);
    program.kill("SIGINT");
    const end = await program.ended;

    assertEquals([end.code, program.stderr, JSON.parse(program.stdout).interrupted], [0, "", true]);
  });
});

for (
  const [what, serve, kind] of [
    ["nobody listens", undefined, "not connected"],
    ["there is a web page", () => serveText("<html></html>"), "not the answer of a service"],
    ["there is another status", () => serveText("", { status: 503 }), "HTTP status 503"],
  ] as const
) {
  Deno.test(`bench ends with 3 when ${what}`, async () => {
    await using server = await serve?.();
    const url = server?.url ?? `http://127.0.0.1:${await findFreePort()}/api`;

    const { code, out } = await runCli(["bench", url, "echo", "--requests", "5", "--json"]);

    const { failed, errors } = JSON.parse(out);
    assertEquals([code, failed, errors.length, errors[0].kind], [3, 5, 1, kind]);
  });
}

Deno.test("bench ends early when it is told to, and still prints the figures", async () => {
  await using service = new CalledService();
  await service.start();
  const bench = new RunningCli([
    "bench",
    service.url,
    "echo",
    "--duration",
    "600000",
    "--rate",
    "200",
    "--json",
  ]);
  await waitUntil("some calls are made", () => service.calls > 20);

  const code = await bench.stop();

  const { calls, interrupted } = JSON.parse(bench.out.join("\n"));
  assertEquals([code, interrupted], [0, true]);
  assertEquals(calls > 5 && calls <= service.calls, true);
});

Deno.test("bench shows its progress where there is a terminal, and takes it away", async () => {
  await using service = new CalledService();
  await service.start();
  const shown: string[] = [];
  const output = { out: () => {}, error: () => {}, status: (text: string) => void shown.push(text) };
  const args = ["bench", service.url, "echo", "--duration", "350", "--rate", "100"];

  const code = await runCommand(args, output, { env: () => undefined });

  assertEquals([code, shown.at(-1)], [0, ""]);
  assertMatch(shown[0]!, /^\[#*-*\] \d+ %, \d+ calls, \d+\/s$/);
});

for (
  const [what, args, expected] of [
    ["no arguments", [], "bench needs a URL and a method"],
    ["no method", [NOWHERE], "bench needs a URL and a method"],
    ["a URL without scheme", ["localhost", "echo"], "the URL must be an absolute one of HTTP"],
    [
      "too many calls",
      [NOWHERE, "echo", "--requests", "1000001"],
      "--requests must be a whole number from 1 to 1000000",
    ],
    ["too many at once", [NOWHERE, "echo", "--concurrency", "1001"], "from 1 to 1000"],
    ["too long a time", [NOWHERE, "echo", "--duration", "600001"], "from 1 to 600000"],
    ["a rate of 0", [NOWHERE, "echo", "--rate", "0"], "--rate must be a whole number from 1"],
    ["a parameter that is none", [NOWHERE, "echo", "x"], "a parameter is name=text or name:=json"],
  ] as const
) {
  Deno.test(`bench: ${what} is wrong usage`, async () => {
    const { code, out, error } = await runCli(["bench", ...args]);

    assertEquals([code, out], [2, ""]);
    assertStringIncludes(error, expected);
    assertMatch(error, /^gemstone: error: [^\n]+; see gemstone bench --help$/);
  });
}
