import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runCli } from "../support/cli.ts";
import { CalledService, ListingRegistry, LocatingRegistry } from "../support/cli_service.ts";

function ago(seconds: number): string {
  return new Date(Date.now() - seconds * 1000).toISOString();
}

Deno.test("list prints a table: name, URL, when it was seen last", async () => {
  await using registry = new ListingRegistry();
  await registry.start();
  registry.services = [
    { name: "mailer", url: "http://10.0.0.1:8000/api", last_seen: ago(3), expires_in_ms: 57_000 },
    { name: "workers.images", url: "http://10.0.0.2/api", last_seen: ago(600), expires_in_ms: 1 },
    { name: "x", url: "http://10.0.0.3/api", last_seen: ago(3 * 3600), expires_in_ms: null },
    { name: "y", url: "http://10.0.0.3/api", last_seen: ago(-5) },
    { name: "z", url: "http://10.0.0.3/api", last_seen: null },
  ];

  const { code, out, error } = await runCli(["list", "--registry", registry.url]);

  assertEquals([code, error, registry.asked], [0, "", ["*"]]);
  assertEquals(out.replace(/[34] s/, "3 s").split("\n"), [
    "NAME            URL                       LAST SEEN",
    "mailer          http://10.0.0.1:8000/api  3 s ago",
    "workers.images  http://10.0.0.2/api       10 min ago",
    "x               http://10.0.0.3/api       3 h ago",
    "y               http://10.0.0.3/api       0 s ago",
    "z               http://10.0.0.3/api       -",
  ]);
});

Deno.test("list PATTERN --json prints one object a line", async () => {
  await using registry = new ListingRegistry();
  await registry.start();
  const time = ago(3);
  registry.services = [
    { name: "a", url: "http://10.0.0.1/api", last_seen: time, expires_in_ms: 1 },
    { name: "b", url: "http://10.0.0.2/api", last_seen: null, expires_in_ms: 1 },
  ];

  const { code, out } = await runCli(["list", "--json", "work*", "--registry", registry.url]);

  assertEquals([code, registry.asked], [0, ["work*"]]);
  assertEquals(out.split("\n").map((line) => JSON.parse(line)), [
    { name: "a", url: "http://10.0.0.1/api", last_seen: time },
    { name: "b", url: "http://10.0.0.2/api", last_seen: null },
  ]);
});

Deno.test("list asks a registry that can not list where the services are", async () => {
  await using registry = new LocatingRegistry();
  await registry.start();
  registry.urls = ["http://10.0.0.1/api", "http://10.0.0.2/api"];

  const table = await runCli(["list", "shop", "--registry", registry.url]);
  const json = await runCli(["list", "shop", "--registry", registry.url, "--json"]);

  assertEquals([table.code, registry.asked], [0, ["shop", "shop"]]);
  assertEquals(table.out, "URL\nhttp://10.0.0.1/api\nhttp://10.0.0.2/api");
  assertEquals(JSON.parse(json.out.split("\n")[0]!), {
    name: null,
    url: "http://10.0.0.1/api",
    last_seen: null,
  });
});

Deno.test("list ends with 4 when there is no such service", async () => {
  await using registry = new ListingRegistry();
  await registry.start();

  const shop = await runCli(["list", "shop", "--registry", registry.url]);
  const any = await runCli(["list", "--registry", registry.url]);

  const error = `gemstone: error: Cannot find "shop": ${registry.url} knows no such service`;
  assertEquals(shop, { code: 4, out: "", error });
  assertEquals([any.code, any.error.endsWith(`${registry.url} knows no service`)], [4, true]);
});

Deno.test("list leaves out what is no service, and prints nothing that a terminal obeys", async () => {
  await using registry = new ListingRegistry();
  await registry.start();
  const good = { name: "a\x1b[2J\n", url: "http://x/\u202e", last_seen: "soon" };
  registry.services = [null, 1, [], { name: 1, url: "x" }, { __proto__: null, name: "b" }, good];

  const table = await runCli(["list", "--registry", registry.url]);
  const json = await runCli(["list", "--registry", registry.url, "--json"]);

  assertEquals(table.out.split("\n").slice(1), ["a\\u001b[2J\\n  http://x/\\u202e  -"]);
  assertEquals(JSON.parse(json.out), { name: good.name, url: good.url, last_seen: null });
  assertMatch(json.out, /^[\x20-\x7e]+$/);
});

Deno.test("list tells a service that is no registry", async () => {
  await using service = new CalledService();
  await service.start();

  const { code, error } = await runCli(["list", "--registry", service.url]);

  assertEquals(code, 3);
  assertStringIncludes(error, `${service.url} is no registry, it has no method locate_service`);
});

Deno.test("list takes one pattern", async () => {
  const { code, error } = await runCli(["list", "a", "b"]);

  assertEquals([code, error], [2, 'gemstone: error: unexpected argument "b"; see gemstone list --help']);
});

Deno.test("list ends with 3 when what answers is no registry", async () => {
  await using registry = new ListingRegistry();
  await registry.start();
  registry.services = "nothing of that kind" as never;

  const { code, out, error } = await runCli(["list", "--registry", registry.url]);

  assertEquals([code, out], [3, ""]);
  assertMatch(error, /^gemstone: error: [^\n]* answered with no list of them$/);
});
