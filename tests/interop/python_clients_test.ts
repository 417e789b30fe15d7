/**
 * What clients of the Python library send and read, replayed against the legacy response style. They read
 * `result`, `error` and (since 0.10) `id` without asking whether these are there.
 */
import { assert, assertEquals } from "@std/assert";
import { exposedMethod, MicroService } from "@gemstone/gemstone";

class LegacyService extends MicroService {
  override name = "legacy.service";
  override responseStyle = "legacy" as const;
  readonly heard: string[] = [];

  @exposedMethod()
  say_hello(name: string): string {
    return `hello ${name}`;
  }

  @exposedMethod()
  hear(what: string): void {
    this.heard.push(what);
  }

  @exposedMethod({ private: true })
  secret(): string {
    return "secret";
  }

  override apiTokenIsValid(token: string): boolean {
    return token === "right";
  }
}

interface LegacyAnswer {
  readonly jsonrpc: string;
  readonly result: unknown;
  readonly error: { readonly code: number; readonly message: string } | null;
  readonly id?: unknown;
}

async function post(service: MicroService, body: unknown, headers: Record<string, string> = {}) {
  const response = await service.fetch(
    new Request("http://localhost/api", {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
    }),
  );
  assertEquals(response.status, 200);
  return await response.json();
}

Deno.test("a 0.3 to 0.9 client finds name and methods when it is constructed, and calls", async () => {
  const service = new LegacyService();
  const specs: LegacyAnswer = await post(service, {
    jsonrpc: "2.0",
    method: "get_service_specs",
    params: {},
    id: "AbCdEfGhIjKlMno",
  });
  const answer: LegacyAnswer = await post(service, {
    jsonrpc: "2.0",
    method: "say_hello",
    params: { name: "world" },
    id: "aBcDeFgHiJkLmNo",
  });

  assertEquals(specs.error, null);
  const result = specs.result as { name: string; methods: Record<string, string | null> };
  assertEquals(result.name, "legacy.service");
  assertEquals(Object.keys(result.methods).sort(), ["get_service_specs", "hear", "say_hello", "secret"]);
  assertEquals(answer, { jsonrpc: "2.0", result: "hello world", error: null, id: "aBcDeFgHiJkLmNo" });
});

Deno.test("a 0.10 to 0.12 client reads all members of results and of errors", async () => {
  const service = new LegacyService();
  const rows = [
    ["say_hello", ["x"], "hello x", undefined],
    ["no_such", {}, null, -32601],
    ["say_hello", {}, null, -32602],
    ["secret", {}, null, -32001],
  ] as const;
  for (const [method, params, result, code] of rows) {
    const answer: LegacyAnswer = await post(service, { jsonrpc: "2.0", method, params, id: "QwErTyUiOp" });

    assert(["result", "error", "id", "jsonrpc"].every((member) => Object.hasOwn(answer, member)), method);
    assertEquals([answer.result, answer.error?.code, answer.id], [result, code, "QwErTyUiOp"]);
  }
});

Deno.test("a client with a token header may call private methods", async () => {
  const call = { jsonrpc: "2.0", method: "secret", params: {}, id: "x" };

  const granted: LegacyAnswer = await post(new LegacyService(), call, { "X-Api-Token": "right" });
  const denied: LegacyAnswer = await post(new LegacyService(), call, { "X-Api-Token": "wrong" });

  assertEquals([granted.result, granted.error, denied.error?.code], ["secret", null, -32001]);
});

Deno.test("a notification is acknowledged with JSON, which each client parses", async () => {
  const service = new LegacyService();

  const answer = await post(service, { jsonrpc: "2.0", method: "hear", params: { what: "a" } });

  assertEquals(answer, { jsonrpc: "2.0", result: null, error: null });
  assertEquals(service.heard, ["a"]);
});

Deno.test("a batch is answered with an array, also when there is nothing to answer", async () => {
  const service = new LegacyService();
  const notification = { jsonrpc: "2.0", method: "hear", params: ["b"] };
  const calls = ["1", "2"].map((id) => ({ jsonrpc: "2.0", method: "say_hello", params: [id], id }));

  const answers: LegacyAnswer[] = await post(service, [calls[0], notification, calls[1]]);
  const nothing = await post(service, [notification]);

  assertEquals(answers, [
    { jsonrpc: "2.0", result: "hello 1", error: null, id: "1" },
    { jsonrpc: "2.0", result: "hello 2", error: null, id: "2" },
  ]);
  assertEquals(nothing, []);
});
