import { assertEquals, assertStringIncludes } from "@std/assert";
import { exposedMethod, MicroService, RpcError } from "@gemstone/gemstone";
import { runCommand } from "@gemstone/gemstone/cli";
import { createMemoryLogger } from "../support/service.ts";

class Called extends MicroService {
  override name = "called";
  override port = 0;
  override skipConfiguration = true;
  override getLogger = createMemoryLogger;
  heard = "";

  @exposedMethod()
  echo(value: unknown, other: unknown = null): unknown {
    return [value, other];
  }

  @exposedMethod()
  refuse(): void {
    throw new RpcError(4001, "Out of stock");
  }

  @exposedMethod()
  hear(what: string): void {
    this.heard = what;
  }

  @exposedMethod({ private: true })
  secret(): string {
    return "secret";
  }

  override apiTokenIsValid(token: string): boolean {
    return token === "right";
  }
}

async function run(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const out: string[] = [];
  const error: string[] = [];
  const code = await runCommand(args, {
    out: (line) => out.push(line),
    error: (line) => error.push(line),
  });
  return { code, out: out.join("\n"), error: error.join("\n") };
}

Deno.test("call_raw sends text and JSON by name and prints the result", async () => {
  await using service = new Called();
  await service.start();

  const { code, out } = await run("call_raw", service.url, "echo", "value=a=b", 'other:={"x": [1]}');

  assertEquals(code, 0);
  assertEquals(JSON.parse(out), ["a=b", { x: [1] }]);
});

Deno.test("call-raw is the same command; --verbose tells how long the call took", async () => {
  await using service = new Called();
  await service.start();

  const { code, error } = await run("call-raw", "-v", service.url, "echo", "value=");

  assertEquals(code, 0);
  assertEquals(/^\[!\] Method call: \d+\.\d{5} seconds$/.test(error), true);
});

Deno.test("call_raw sends headers and notifications", async () => {
  await using service = new Called();
  await service.start();

  const secret = await run("call_raw", service.url, "secret", "-H", "X-Api-Token: right");
  const denied = await run("call_raw", service.url, "secret");
  const notified = await run("call_raw", "--notify", service.url, "hear", "what=x");

  assertEquals([secret.code, secret.out], [0, '"secret"']);
  assertEquals(denied.code, 1);
  assertEquals([notified.code, notified.out, service.heard], [0, "", "x"]);
});

Deno.test("call_raw answers 1 for an error of the service and 3 for none", async () => {
  await using service = new Called();
  await service.start();
  const { url } = service;

  const refused = await run("call_raw", url, "refuse");
  await service.stop();
  const unreachable = await run("call_raw", url, "echo", "value=1", "-t", "2000");

  assertEquals(refused.code, 1);
  assertStringIncludes(refused.error, "Out of stock");
  assertEquals(unreachable.code, 3);
  assertEquals(unreachable.error.split("\n").length, 1);
});

for (
  const [what, args] of [
    ["no command", []],
    ["an unknown command", ["cal_raw"]],
    ["no method", ["call_raw", "http://localhost/api"]],
    ["no URL", ["call_raw"]],
    ["a wrong URL", ["call_raw", "localhost", "echo"]],
    ["a parameter without value", ["call_raw", "http://localhost/api", "echo", "value"]],
    ["a value that is not JSON", ["call_raw", "http://localhost/api", "echo", "value:={"]],
    ["a header without value", ["call_raw", "http://localhost/api", "echo", "-H", "x"]],
    ["a header that is none", ["call_raw", "http://localhost/api", "echo", "-H", "a b: c"]],
    ["a timeout that is no number", ["call_raw", "http://localhost/api", "echo", "-t", "soon"]],
    ["an unknown option", ["call_raw", "http://localhost/api", "echo", "--soon"]],
  ] as const
) {
  Deno.test(`${what} is wrong usage`, async () => {
    const { code, out, error } = await run(...args);

    assertEquals([code, out], [2, ""]);
    assertEquals(error.includes("    at "), false);
    assertEquals(error === "", false);
  });
}

Deno.test("--help prints the usage", async () => {
  const { code, out } = await run("call_raw", "--help");

  assertEquals(code, 0);
  assertStringIncludes(out, "usage: gemstone call_raw");
});
