import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runCli } from "../support/cli.ts";
import { CalledService, LocatingRegistry } from "../support/cli_service.ts";
import { findFreePort } from "../support/tcp_port.ts";

interface Scene {
  readonly service: CalledService;
  readonly registry: LocatingRegistry;
  /** The arguments in front of the name. */
  readonly call: readonly string[];
}

function sceneTest(name: string, test: (scene: Scene) => Promise<void>): void {
  Deno.test(name, async () => {
    await using service = new CalledService();
    await using registry = new LocatingRegistry();
    await Promise.all([service.start(), registry.start()]);
    registry.urls = [service.url];
    await test({ service, registry, call: ["call", "--registry", registry.url] });
  });
}

async function createDeadUrl(): Promise<string> {
  return `http://127.0.0.1:${await findFreePort()}/api`;
}

sceneTest("call finds a service by its name and prints the result", async ({ call, registry }) => {
  const { code, out, error } = await runCli([...call, "workers.*", "echo", "value=a", "other:=1"]);

  assertEquals([code, error, JSON.parse(out)], [0, "", ["a", 1]]);
  assertEquals(registry.asked, ["workers.*"]);
});

sceneTest("call --verbose prints what the original prints, the result apart", async ({ call, service }) => {
  const { code, out, error } = await runCli([...call, "shop", "echo", "-v", "--json"]);

  assertEquals([code, out], [0, "[null,null]"]);
  const lines = error.split("\n");
  assertMatch(lines[0]!, /^\[!\] Service identification: \d+\.\d{5} seconds$/);
  assertEquals(lines.slice(1, 3), ["[!] Service name: shop", `[!] Service URL : ${service.url}`]);
  assertMatch(lines[3]!, /^\[!\] Method call: \d+\.\d{5} seconds$/);
  assertEquals(lines.slice(4), ["[!] Result:", ""]);
});

Deno.test("call tells who wrote a URL of call_raw", async () => {
  const { code, out, error } = await runCli(["call", "http://127.0.0.1:8000/api", "say_hello"]);

  assertEquals([code, out], [2, ""]);
  assertStringIncludes(error, "to call a URL: gemstone call_raw http://127.0.0.1:8000/api");
});

sceneTest("call takes the registries from GEMSTONE_REGISTRY", async ({ registry }) => {
  const dead = await createDeadUrl();
  const env = (name: string) => name === "GEMSTONE_REGISTRY" ? `${dead}, ${registry.url}` : undefined;

  const { code, out } = await runCli(["call", "shop", "echo", "--json"], { env });

  assertEquals([code, out], [0, "[null,null]"]);
});

sceneTest("call asks one registry after the other, until one knows the service", async (scene) => {
  const { registry, service } = scene;
  await using other = new LocatingRegistry();
  await other.start();
  const registries = [await createDeadUrl(), other.url, registry.url].flatMap((url) => ["--registry", url]);

  const { code } = await runCli(["call", ...registries, "shop", "echo"]);

  assertEquals([code, service.calls, other.asked, registry.asked], [0, 1, ["shop"], ["shop"]]);
});

sceneTest("call goes on to the next instance when one is not there", async ({ call, registry, service }) => {
  const dead = await createDeadUrl();
  registry.urls = [dead, service.url];

  for (let count = 0; count < 10; count++) {
    const { code, out } = await runCli([...call, "shop", "echo", "--json"]);
    assertEquals([code, out], [0, "[null,null]"]);
  }
  registry.urls = [dead];
  const none = await runCli([...call, "shop", "echo"]);

  assertEquals([service.calls, none.code], [10, 3]);
  assertMatch(none.error, /^gemstone: error: [^\n]*refused[^\n]*$/i);
});

sceneTest("call sends token, headers and cookies to the service, none to the registry", async (scene) => {
  const { call, registry, service } = scene;
  const secrets = ["--auth", "right", "-H", "X-One: 1", "--cookie", "a=1"];

  const seen = await runCli([...call, ...secrets, "shop", "headers"]);
  const secret = await runCli([...call, ...secrets, "shop", "secret", "--json"]);

  const read = (headers: Headers | undefined) =>
    ["x-api-token", "x-one", "cookie"].map((name) => headers?.get(name));
  assertEquals([seen.code, secret.out], [0, '"secret"']);
  assertEquals(read(service.seen[0]), ["right", "1", "a=1"]);
  assertEquals(registry.seen.map(read), [[null, null, null], [null, null, null]]);
});

sceneTest("call sends a notification, and parameters from standard input", async ({ call, service }) => {
  const readInput = () => Promise.resolve(new TextEncoder().encode('["from a pipe"]'));

  const { code, out, error } = await runCli([...call, "shop", "hear", "-n", "-"], { readInput });

  assertEquals([code, out, error, service.heard], [0, "", "", ["from a pipe"]]);
});

sceneTest("call answers 1 for an error of the service", async ({ call }) => {
  const { code, out, error } = await runCli([...call, "shop", "refuse"]);

  assertEquals([code, out], [1, ""]);
  assertMatch(
    error,
    /^gemstone: error: Cannot call "refuse" of service "shop": [^\n]+\(error 4001, data \{"sku":"a1"\}\)$/,
  );
});

for (const [what, urls] of [["an empty list", []], ["null, as Python gemstone does", null]] as const) {
  sceneTest(`call ends with 4 when the registry answers with ${what}`, async ({ call, registry }) => {
    registry.urls = urls;

    const { code, out, error } = await runCli([...call, "shop", "echo"]);

    assertEquals([code, out], [4, ""]);
    assertEquals(error, `gemstone: error: Cannot find "shop": ${registry.url} knows no such service`);
  });
}

for (
  const [what, urls] of [
    ["a text", "http://127.0.0.1:1/api"],
    ["no URL of HTTP", ["ftp://x", 1, null]],
    ["an object", { __proto__: null, url: "http://127.0.0.1:1/api" }],
  ] as const
) {
  sceneTest(`call ends with 3 when the registry answers with ${what}`, async ({ call, registry }) => {
    registry.urls = urls;

    const { code, error } = await runCli([...call, "shop", "echo"]);

    assertEquals(code, 3);
    assertMatch(error, /^gemstone: error: Cannot find "shop": [^\n]+ answered with no [^\n]+$/);
  });
}

sceneTest("call tells a service that is no registry", async ({ service }) => {
  const { code, error } = await runCli(["call", "--registry", service.url, "shop", "echo"]);

  assertEquals(code, 3);
  assertEquals(
    error,
    `gemstone: error: Cannot find "shop": ${service.url} is no registry, it has no method locate_service`,
  );
});

Deno.test("call asks http://127.0.0.1:8080/api when nobody names a registry", async () => {
  const names: string[] = [];
  const env = (name: string): string => {
    names.push(name);
    return " ";
  };

  const { code } = await runCli(["call", "no such service", "echo", "-t", "1000"], { env });

  // A registry may run there.
  assertEquals([3, 4].includes(code), true);
  assertEquals(names, ["GEMSTONE_REGISTRY"]);
});

for (
  const [what, args, expected] of [
    ["no arguments", [], "call needs the name of a service and a method"],
    ["no method", ["shop"], "call needs the name of a service and a method"],
    ["an empty name", ["", "echo"], "call needs the name of a service and a method"],
    [
      "a registry without scheme",
      ["--registry", "localhost:8080", "shop", "echo"],
      "must be an absolute one of HTTP",
    ],
    ["a registry with a password", ["--registry", "http://u:hush@h/", "shop", "echo"], "holds a user name"],
    ["an empty registry", ["--registry=", "shop", "echo"], "must be an absolute one of HTTP"],
    ["a mistyped option", ["--regsitry", "x", "shop", "echo"], 'did you mean "--registry"'],
  ] as const
) {
  Deno.test(`call: ${what} is wrong usage`, async () => {
    const { code, out, error } = await runCli(["call", ...args]);

    assertEquals([code, out], [2, ""]);
    assertStringIncludes(error, expected);
    assertMatch(error, /^gemstone: error: [^\n]+; see gemstone call --help$/);
    assertEquals(error.includes("hush"), false);
  });
}

sceneTest(
  "call goes on to the next instance when one is about to stop",
  async ({ call, registry, service }) => {
    const body = '{"jsonrpc":"2.0","error":{"code":-32003,"message":"Service stopped"},"id":null}';
    const headers = { "content-type": "application/json" };
    const stopping = createServer((_request, response) => response.writeHead(503, headers).end(body));
    await new Promise<void>((resolve) => stopping.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(stopping.address() as AddressInfo).port}/api`;
    try {
      registry.urls = [url, service.url];
      for (let count = 1; count <= 10; count++) {
        const { code, error } = await runCli([...call, "shop", "echo", "-v"]);
        assertEquals([code, service.calls], [0, count], error);
      }
      registry.urls = [url];
      assertEquals((await runCli([...call, "shop", "echo"])).code, 1);
    } finally {
      stopping.closeAllConnections();
      await new Promise((resolve) => stopping.close(resolve));
    }
  },
);
