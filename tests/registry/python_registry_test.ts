/**
 * What services and clients of the Python library send to a registry, in all three forms that it had. Reference:
 * gemstone 0.0.3 to 0.3 announce `name, host, port`; 0.4 to 0.9 send `name, url` as a notification, and ask by position;
 * 0.10 to 0.12 call by name. All read `result`, and `error` where there is one, of whatever is answered.
 */
import { assert, assertEquals } from "@std/assert";
import { post, type Reply } from "../support/service.ts";
import { sorted, TestRegistry } from "./fixture.ts";

const STYLES = ["spec", "legacy"] as const;

function createRegistry(style: typeof STYLES[number]): TestRegistry {
  const registry = new TestRegistry();
  registry.responseStyle = style;
  return registry;
}

/** Sends what `requests.post(url, json=…)` sends. */
async function send(registry: TestRegistry, body: unknown): Promise<{ status: number; text: string }> {
  const response = await post(registry, JSON.stringify(body), {
    "user-agent": "gemstone-client",
    "accept-encoding": "gzip, deflate",
    accept: "*/*",
    connection: "keep-alive",
  });
  return { status: response.status, text: await response.text() };
}

async function ask(registry: TestRegistry, method: string, params: unknown, id: unknown): Promise<Reply> {
  const { status, text } = await send(registry, { jsonrpc: "2.0", method, params, id });
  assertEquals(status, 200);
  return JSON.parse(text);
}

for (const style of STYLES) {
  Deno.test(`a service of Python gemstone 0.3 announces host and port, answers in style ${style}`, async () => {
    const registry = createRegistry(style);

    const named = { name: "old.a", host: "10.0.0.1", port: 8001 };
    await send(registry, { jsonrpc: "2.0", method: "ping", params: named });
    await send(registry, { jsonrpc: "2.0", method: "ping", params: ["old.b", "10.0.0.2", 8002] });

    const { result } = await ask(registry, "locate_service", ["old.*"], 2);
    assertEquals(sorted(result), ["http://10.0.0.1:8001/api", "http://10.0.0.2:8002/api"]);
  });

  Deno.test(`a service of Python gemstone 0.4 to 0.9 announces its URL, answers in style ${style}`, async () => {
    const registry = createRegistry(style);

    const params = { name: "middle", url: "http://10.0.0.1:8001/api" };
    const { status, text } = await send(registry, { jsonrpc: "2.0", method: "ping", params });

    // It parses the answer to a notification, too, so it needs the legacy style.
    if (style === "legacy") assertEquals(JSON.parse(text), { jsonrpc: "2.0", result: null, error: null });
    else assertEquals([status, text], [204, ""]);
    const { result } = await ask(registry, "locate_service", ["mid*"], "AbCdEfGhIjKlMno");
    assertEquals(result, ["http://10.0.0.1:8001/api"]);
  });

  Deno.test(`a service of Python gemstone 0.10 to 0.12 calls by name, answers in style ${style}`, async () => {
    const registry = createRegistry(style);

    const params = { name: "new", url: "http://10.0.0.1:8001/api" };
    const pinged = await ask(registry, "ping", params, "QwErTyUiOp");
    const located = await ask(registry, "locate_service", { name: "new" }, "QwErTyUiOq");
    const none = await ask(registry, "locate_service", { name: "none" }, "QwErTyUiOr");

    assertEquals([pinged.result, pinged.id], [true, "QwErTyUiOp"]);
    assertEquals([located.result, none.result], [["http://10.0.0.1:8001/api"], []]);
  });
}

Deno.test("a client of Python gemstone 0.3 to 0.9 reads the methods of a registry in the legacy style first", async () => {
  const { result, error } = await ask(createRegistry("legacy"), "get_service_specs", {}, 1);

  assertEquals([error, result.name], [null, "service.registry"]);
  for (const method of ["ping", "locate_service"]) assert(Object.hasOwn(result.methods, method), method);
});

Deno.test("a client of Python gemstone finds all members in the answers of the legacy style", async () => {
  const registry = createRegistry("legacy");
  const rows: readonly (readonly [method: string, params: unknown, code: number | undefined])[] = [
    ["ping", { name: "a", url: "http://h/" }, undefined],
    ["locate_service", { name: "a" }, undefined],
    ["ping", { name: "a" }, -32602],
    ["locate_service", {}, -32602],
    ["no_such", {}, -32601],
  ];
  for (const [method, params, code] of rows) {
    const answer = await ask(registry, method, params, "x");

    assertEquals(Object.keys(answer).sort(), ["error", "id", "jsonrpc", "result"], method);
    assertEquals([answer.error?.code, answer.id], [code, "x"]);
  }
});
