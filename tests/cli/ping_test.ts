import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runCli, RunningCli } from "../support/cli.ts";
import { CalledService, LocatingRegistry } from "../support/cli_service.ts";
import { findFreePort } from "../support/tcp_port.ts";
import { waitUntil } from "../support/wait_until.ts";

Deno.test("ping prints each time, then the least, the mean and the most", async () => {
  await using service = new CalledService();
  await service.start();

  const { code, out, error } = await runCli(["ping", service.url, "--count", "3", "--interval", "1"]);

  const lines = out.split("\n");
  assertEquals([code, error, lines.length], [0, "", 4]);
  for (const line of lines.slice(0, 3)) {
    assertMatch(line, /^http:\/\/127\.0\.0\.1:\d+\/api answered in \d+\.\d\d ms$/);
  }
  const times = lines.slice(0, 3).map((line) => Number(/([\d.]+) ms/.exec(line)![1]));
  const [min, avg, max] = /min\/avg\/max ([\d./]+) ms$/.exec(lines[3]!)![1]!.split("/").map(Number);
  assertMatch(lines[3]!, /^3 sent, 3 answered, /);
  assertEquals([min, max], [Math.min(...times), Math.max(...times)]);
  assertEquals(Math.abs(avg! - times.reduce((sum, time) => sum + time, 0) / 3) < 0.02, true);
});

Deno.test("ping finds a service by its name, and calls none of its methods", async () => {
  await using service = new CalledService();
  await using registry = new LocatingRegistry();
  await Promise.all([service.start(), registry.start()]);
  registry.urls = [service.url];
  const args = ["ping", "shop", "--registry", registry.url, "--count", "2", "--interval", "1", "--json"];

  const { code, out } = await runCli(args);

  const { ms, ...rest } = JSON.parse(out);
  assertEquals([code, registry.asked, service.calls], [0, ["shop"], 0]);
  assertEquals(rest, { url: service.url, sent: 2, answered: 2 });
  assertEquals(Object.keys(ms), ["min", "avg", "max"]);
  assertEquals(ms.min > 0 && ms.min <= ms.avg && ms.avg <= ms.max, true);
});

Deno.test("ping ends with 3 when nobody answers, and tells each time", async () => {
  const url = `http://127.0.0.1:${await findFreePort()}/api`;

  const text = await runCli(["ping", url, "--count", "2", "--interval", "1"]);
  const json = await runCli(["ping", url, "--count", "2", "--interval", "1", "--json"]);

  assertEquals([text.code, text.out], [3, ""]);
  assertEquals(text.error.split("\n").length, 2);
  assertEquals([json.code, JSON.parse(json.out)], [3, { url, sent: 2, answered: 0, ms: null }]);
});

Deno.test("ping ends with 4 when no registry knows the name", async () => {
  await using registry = new LocatingRegistry();
  await registry.start();

  const { code, error } = await runCli(["ping", "shop", "--registry", registry.url]);

  assertEquals([code, error.split("\n").length], [4, 1]);
});

Deno.test("ping ends early when it is told to, with the figures so far", async () => {
  await using service = new CalledService();
  await service.start();
  const ping = new RunningCli(["ping", service.url, "--interval", "3600000"]);
  await waitUntil("one is answered", () => ping.out.length > 0);

  const code = await ping.stop();

  assertEquals([code, ping.out.length], [0, 2]);
  assertMatch(ping.out[1]!, /^1 sent, 1 answered/);
});

for (
  const [what, args, expected] of [
    ["nothing", [], "ping needs the URL or the name of a service"],
    ["a URL without scheme", ["localhost:8000"], "the URL must be an absolute one of HTTP"],
    ["a path without scheme", ["localhost/api"], "the URL must be an absolute one of HTTP"],
    ["two URLs", ["http://a/", "http://b/"], 'unexpected argument "http://b/"'],
    ["a count of 0", ["http://a/", "--count", "0"], "--count must be a whole number from 1"],
    ["an interval that is none", ["http://a/", "--interval", "x"], "--interval must be a whole number"],
  ] as const
) {
  Deno.test(`ping: ${what} is wrong usage`, async () => {
    const { code, error } = await runCli(["ping", ...args]);

    assertEquals(code, 2);
    assertStringIncludes(error, expected);
  });
}
