/** `gemstone registry`, as a person runs it. */
import { randomUUID } from "node:crypto";
import { createServer } from "node:net";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RemoteService } from "@gemstone/gemstone/client";
import type { ServiceRegistry } from "@gemstone/gemstone/registry";
import { withCliProgram } from "../support/cli.ts";
import { REDIS_URL } from "../support/redis_server.ts";
import { findFreePort, isListening } from "../support/tcp_port.ts";
import { waitUntil, within } from "../support/wait_until.ts";
import { type CommandContext, UsageError } from "../../src/cli/command.ts";
import { REGISTRY_COMMAND } from "../../src/cli/registry_command.ts";

const URL_1 = "http://127.0.0.1:8001/api";

/** The command in this process. */
class Running {
  readonly lines: string[] = [];
  readonly ended: Promise<number>;
  readonly #controller = new AbortController();

  constructor(args: readonly string[]) {
    const context: CommandContext = {
      output: { out: (line) => void this.lines.push(line), error: (line) => void this.lines.push(line) },
      signal: this.#controller.signal,
      readInput: () => Promise.resolve(new Uint8Array()),
      env: () => undefined,
    };
    this.ended = REGISTRY_COMMAND.run(args, context);
    this.ended.catch(() => {/* whoever waits for the end hears of it */});
  }

  /** Waits until it listens. */
  async connect(): Promise<RemoteService<ServiceRegistry>> {
    let url: string | undefined;
    await Promise.race([
      waitUntil("it listens", () => {
        url = /Listening on (\S+\/api)/.exec(this.lines.join("\n"))?.[1];
        return url !== undefined;
      }),
      this.ended,
    ]);
    return new RemoteService<ServiceRegistry>(url ?? "");
  }

  /** Ends it. */
  stop(): Promise<number> {
    this.#controller.abort();
    return within(10_000, "the end of the command", this.ended);
  }
}

async function fail(args: readonly string[]): Promise<Error> {
  const running = new Running(args);
  try {
    await within(10_000, "the end of the command", running.ended);
  } catch (error) {
    assert(error instanceof Error);
    return error;
  }
  throw new Error("The command has not failed");
}

Deno.test("gemstone registry answers until it is told to end", async () => {
  const running = new Running(["--port", "0"]);
  const { methods, url } = await running.connect();

  assertEquals(await methods.ping("users", URL_1), true);
  assertEquals(await methods.locate_service("us*"), [URL_1]);
  const [service] = await methods.list_services();
  assertEquals(service?.name, "users");

  assertEquals(await running.stop(), 0);
  assertEquals(running.lines, [`gemstone: registry: Listening on ${url}, Ctrl-C ends`]);
  assertEquals(await isListening(Number(new URL(url).port)), false);
});

Deno.test("gemstone registry takes host, port, lifetime and style from its options", async () => {
  const port = await findFreePort();
  const running = new Running(["--host=localhost", `--port=${port}`, "--lifetime", "5000", "--legacy"]);
  const service = await running.connect();

  await service.methods.ping("users", URL_1);
  const [row] = await service.methods.list_services();
  const response = await fetch(service.url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"jsonrpc":"2.0","method":"locate_service","params":["none"],"id":1}',
  });

  assertEquals(service.url, `http://localhost:${port}/api`);
  assert((row?.expires_in_ms ?? Infinity) <= 5000);
  assertEquals(await response.json(), { jsonrpc: "2.0", result: [], error: null, id: 1 });
  assertEquals(await running.stop(), 0);
});

Deno.test("gemstone registry --verbose tells who comes and goes", async () => {
  const running = new Running(["--port", "0", "--verbose"]);
  const { methods } = await running.connect();

  await methods.ping("users", URL_1);
  await methods.ping("users", URL_1);
  await methods.unregister("users", URL_1);
  await running.stop();

  const lines = running.lines.filter((line) => line.includes(URL_1));
  assertEquals(lines.length, 2);
  assertMatch(lines[0] ?? "", /debug registry: Added service="users" url="http:\/\/127.0.0.1:8001\/api"$/);
  assertMatch(lines[1] ?? "", /debug registry: Removed /);
});

Deno.test({
  name: "gemstone registry --redis shares what it knows with another one",
  ignore: REDIS_URL === undefined,
  async fn() {
    const args = ["--port", "0", "--lifetime", "2000", "--redis", REDIS_URL ?? ""];
    const [one, two] = [new Running(args), new Running(args)];
    const [first, second] = [await one.connect(), await two.connect()];
    const name = `t${randomUUID().slice(0, 8)}`;

    await first.methods.ping(name, URL_1);
    assertEquals(await one.stop(), 0);

    assertEquals(await second.methods.locate_service(name), [URL_1]);
    assertEquals(await second.methods.unregister(name, URL_1), true);
    assertEquals(await two.stop(), 0);
  },
});

const WRONG_ARGUMENTS: readonly (readonly [args: readonly string[], text: string])[] = [
  [["--port", "80a"], "--port must be a whole number from 0 to 65535"],
  [["--port", "65536"], "--port must be"],
  [["--lifetime", "0"], "--lifetime must be a whole number from 1"],
  [["--prot", "1"], "--port"],
  [["extra"], "unexpected argument"],
  [["--redis", "http://host"], 'scheme "http"'],
  [["--redis", "redis://user:s3cret@host/x"], "database"],
];
for (const [args, text] of WRONG_ARGUMENTS) {
  Deno.test(`gemstone registry ${args.join(" ")} is wrong usage`, async () => {
    const error = await fail(args);

    assert(error instanceof UsageError, String(error));
    assertStringIncludes(error.message, text);
    assert(!error.message.includes("s3cret"));
  });
}

Deno.test("gemstone registry says that its port is in use, or Redis not there", async () => {
  const free = await findFreePort();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ host: "127.0.0.1", port: 0 }, resolve));
  const { port } = server.address() as { port: number };

  const inUse = await fail(["--port", String(port)]);
  const away = await fail(["--redis", `redis://:s3cret@127.0.0.1:${free}`]);

  await new Promise((resolve) => server.close(resolve));
  assertEquals([inUse, away].map((error) => (error as { code?: unknown }).code), [
    "ERR_LISTEN",
    "ERR_BROKER_UNAVAILABLE",
  ]);
  assertStringIncludes(inUse.message, "the port is in use");
  assertStringIncludes(away.message, `Cannot use Redis at redis://127.0.0.1:${free}/0: `);
  assert(!away.message.includes("s3cret"));
});

Deno.test("gemstone registry does nothing when it is told to end before it begins", async () => {
  const running = new Running(["--port", "0"]);

  assertEquals(await running.stop(), 0);
  assertEquals(running.lines.filter((line) => line.includes("error")), []);
});

Deno.test("the help text of gemstone registry fits into a terminal", () => {
  for (const line of REGISTRY_COMMAND.usage.split("\n")) assert(line.length <= 80, line);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`gemstone registry ends with code 0 on ${signal}`, async () => {
    await withCliProgram(["registry", "--port", "0"], async (program) => {
      const port = await program.port();
      assertEquals(await isListening(port), true);

      program.kill(signal);

      assertEquals(await program.ended, { code: 0, signal: null });
      assertMatch(program.stderr, /^gemstone: registry: Listening on \S+, Ctrl-C ends\n$/);
      assertEquals(program.stdout, "");
    });
  });
}

Deno.test("gemstone registry tells in one line and by its exit code what is wrong", async () => {
  const port = await findFreePort();
  const rows: readonly (readonly [args: readonly string[], code: number, text: RegExp])[] = [
    [["--host", "host.invalid"], 1, /^gemstone: error: Cannot listen on host.invalid:8080: .*\n$/],
    [["--redis", `redis://127.0.0.1:${port}`], 3, /^gemstone: error: Cannot use Redis at .*\n$/],
    [["--prot", "1"], 2, /^gemstone: error: .*--port.*\n$/],
  ];
  for (const [args, code, text] of rows) {
    await withCliProgram(["registry", ...args], async (program) => {
      assertEquals(await program.ended, { code, signal: null });
      assertMatch(program.stderr, text);
    });
  }
});
