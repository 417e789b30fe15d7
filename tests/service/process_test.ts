/** How a service ends its process: failures to start, signals, exit codes. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { exchange, RawConnection, toPost } from "../support/raw_connection.ts";
import { type SpawnedService, withExample, withProgram } from "../support/spawn_service.ts";

function toProgram(body: string, rest = "await new Service().start();"): string {
  return `
    import { Container, MicroService } from "@gemstone/gemstone";
    class Service extends MicroService {
      name = "spawned";
      port = 0;
      ${body}
    }
    ${rest}`;
}

const SLOW = `
  constructor() {
    super();
    this.expose("slow", async (ms) => {
      console.error("slow began");
      await new Promise((resolve) => setTimeout(resolve, ms));
      return "slow ended";
    });
  }`;

function slowCall(ms: number): Uint8Array {
  return toPost(JSON.stringify({ jsonrpc: "2.0", method: "slow", params: [ms], id: 1 }));
}

async function withTakenPort(test: (port: number) => Promise<void>): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await test((server.address() as AddressInfo).port);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

async function assertFails(program: SpawnedService, code: number, line: RegExp): Promise<void> {
  const end = await program.ended;
  const lines = program.stderr.trimEnd().split("\n");
  assertEquals({ code: end.code, signal: end.signal }, { code, signal: null }, program.stderr);
  assertMatch(lines[0] ?? "", line);
  assertEquals(lines.length, 1, program.stderr);
  assertEquals(program.stdout, "");
}

for (
  const [what, body, line] of [
    ["a missing name", 'name = "";', /^error: Cannot use "" as the service's name: .+/],
    ["a bad port", "port = 70000;", /^error: Cannot use 70000 as the service's port: .+/],
    ["a port that is text", 'port = "80";', /^error: Cannot use "80" as the service's port: .+/],
    [
      "a host that does not resolve",
      'host = "nowhere.invalid";',
      /^error: Cannot listen on nowhere.invalid:0: .+/,
    ],
    ["a host of another machine", 'host = "192.0.2.1";', /^error: Cannot listen on 192.0.2.1:0: .+/],
    ["a bad endpoint", 'endpoint = "api";', /^error: Cannot use "api" as the service's endpoint: .+/],
    ["a bad limit", "maxBodyBytes = -1;", /^error: Cannot use -1 as the service's maxBodyBytes: .+/],
    ["a bad time", "callTimeoutMs = NaN;", /^error: Cannot use NaN as the service's callTimeoutMs: .+/],
    [
      "two methods of one name",
      'modules = ["", ""].map(() => { const part = new (class Part extends Container {})(); part.expose("x", () => 1); return part; });',
      /^error: Cannot expose method "x" twice: .+/,
    ],
    [
      "a destructured parameter",
      'constructor() { super(); this.expose("x", ({ a }) => a); }',
      /^error: Cannot expose method "x": .+/,
    ],
  ] as const
) {
  Deno.test(`a service with ${what} ends its process with one line and exit code 1`, async () => {
    await withProgram(toProgram(body), (program) => assertFails(program, 1, line));
  });
}

Deno.test("a service whose port is in use ends its process with one line and exit code 1", async () => {
  await withTakenPort(async (port) => {
    await withProgram(
      toProgram(`port = ${port};`),
      (program) =>
        assertFails(program, 1, new RegExp(`^error: Cannot listen on 127.0.0.1:${port}: the port is in use`)),
    );
  });
});

Deno.test("a service with a wrong value on the command line ends its process with exit code 2", async () => {
  await withProgram(toProgram(""), async (program) => {
    const end = await program.ended;

    assertEquals(end.code, 2);
    assertMatch(program.stderr, /port/);
    assertEquals(/\n\s+at /.test(program.stderr), false, program.stderr);
  }, ["--port", "many"]);
});

Deno.test("a service that is asked for help prints it on standard output and ends with 0", async () => {
  await withProgram(toProgram(""), async (program) => {
    const end = await program.ended;

    assertEquals(end.code, 0);
    assertMatch(program.stdout, /--port/);
    assertEquals(program.stderr, "");
  }, ["--help"]);
});

Deno.test("an exception in onServiceStart keeps its stack, for it is a fault of the program", async () => {
  await withProgram(toProgram('onServiceStart() { throw new Error("no database"); }'), async (program) => {
    const end = await program.ended;

    assertEquals(end.code, 1);
    assertMatch(program.stderr, /no database[^]*at /);
  });
});

Deno.test("a failure to start that the program handles leaves no trace", async () => {
  const rest = `
    const service = new Service();
    for (let times = 0; times < 3; times++) await service.start().catch((error) => console.log(error.code));
    setTimeout(() => console.log("still here"), 20);`;
  await withProgram(toProgram('name = "";', rest), async (program) => {
    const end = await program.ended;

    assertEquals(end, { code: 0, signal: null });
    assertEquals(program.stdout, `${"ERR_SERVICE_CONFIGURATION\n".repeat(3)}still here\n`);
    assertEquals(program.stderr, "");
  });
});

Deno.test("a failure that is handled does not spoil the report of one that is not", async () => {
  const rest = `
    class Other extends Service { name = "" }
    new Service().start().catch(() => {});
    await new Other().start();`;
  await withProgram(
    toProgram("port = 70000;", rest),
    (program) => assertFails(program, 1, /^error: Cannot use "" as the service's name: .+/),
  );
});

Deno.test("the hello world example reports where it listens and takes its port from the command line", async () => {
  await withExample("examples/hello_world/main", async (program) => {
    const port = await program.port();
    const answer = await exchange(
      port,
      toPost('{"jsonrpc":"2.0","id":1,"method":"say_hello","params":{"name":"world"}}'),
    );
    program.kill("SIGTERM");

    assertEquals(answer?.body, '{"jsonrpc":"2.0","result":"hello world","id":1}');
    assertEquals(await program.ended, { code: 0, signal: null });
  }, ["--port", "0"]);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`${signal} stops an idle service and ends its process with 0`, async () => {
    await withProgram(toProgram('onServiceStop() { console.log("stopped"); }'), async (program) => {
      await program.port();
      program.kill(signal);

      assertEquals(await program.ended, { code: 0, signal: null });
      assertEquals(program.stdout, "stopped\n");
    });
  });

  Deno.test(`${signal} lets a call in flight finish`, async () => {
    await withProgram(toProgram(SLOW), async (program) => {
      const answer = exchange(await program.port(), slowCall(300));
      await program.waitFor(/slow began/);
      program.kill(signal);

      assertEquals((await answer)?.body, '{"jsonrpc":"2.0","result":"slow ended","id":1}');
      assertEquals(await program.ended, { code: 0, signal: null });
    });
  });

  Deno.test(`${signal} twice at once is one wish to stop`, async () => {
    await withProgram(toProgram(SLOW), async (program) => {
      const port = await program.port();
      const answer = exchange(port, slowCall(500));
      await program.waitFor(/slow began/);
      program.kill(signal);
      // It has begun to stop when it refuses a new connection.
      await untilRefused(port);
      program.kill(signal);

      assertEquals((await answer)?.body, '{"jsonrpc":"2.0","result":"slow ended","id":1}');
      assertEquals(await program.ended, { code: 0, signal: null });
    });
  });

  Deno.test(`a second ${signal} more than a second later ends the process at once`, async () => {
    await withProgram(toProgram(`shutdownTimeoutMs = 8000;${SLOW}`), async (program) => {
      const port = await program.port();
      const connection = await RawConnection.open(port);
      connection.write(slowCall(60_000));
      await program.waitFor(/slow began/);
      program.kill(signal);
      await untilRefused(port);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      program.kill(signal);

      const end = await program.ended;
      await connection.close();
      assertEquals(end, { code: 130, signal: null });
    });
  });
}

async function untilRefused(port: number): Promise<void> {
  while (true) {
    try {
      await (await RawConnection.open(port)).close();
    } catch {
      return;
    }
  }
}

Deno.test("SIGTERM ends a process that something else would keep alive", async () => {
  const rest = "setInterval(() => {}, 1000); await new Service().start();";
  await withProgram(toProgram("", rest), async (program) => {
    await program.port();
    program.kill("SIGTERM");

    assertEquals(await program.ended, { code: 0, signal: null });
  });
});

Deno.test("SIGTERM ends the process in time when a call never ends", async () => {
  await withProgram(toProgram(`shutdownTimeoutMs = 100;${SLOW}`), async (program) => {
    const answer = exchange(await program.port(), slowCall(60_000));
    await program.waitFor(/slow began/);
    program.kill("SIGTERM");

    assertEquals(JSON.parse((await answer)!.body).error.code, -32003);
    assertEquals(await program.ended, { code: 0, signal: null });
  });
});

Deno.test("SIGTERM stops several services, and the one that ends first does not cut off the others", async () => {
  const rest = `
    class Quick extends MicroService { name = "quick"; port = 0; shutdownTimeoutMs = 20; }
    await new Quick().start();
    console.error("both");
    await new Service().start();`;
  await withProgram(toProgram(SLOW, rest), async (program) => {
    const [, port] = await program.waitFor(/both\n.*:(\d+)\//);
    const answer = exchange(Number(port), slowCall(500));
    await program.waitFor(/slow began/);
    program.kill("SIGTERM");

    assertEquals((await answer)?.body, '{"jsonrpc":"2.0","result":"slow ended","id":1}');
    assertEquals(await program.ended, { code: 0, signal: null });
  });
});

Deno.test("with a signal option the signals of the operating system keep their meaning", async () => {
  const rest = "await new Service().start({ signal: new AbortController().signal });";
  await withProgram(toProgram("", rest), async (program) => {
    await program.port();
    program.kill("SIGTERM");

    const end = await program.ended;
    assert(end.signal === "SIGTERM" || end.code === 143, JSON.stringify(end));
  });
});

Deno.test("a service that has been stopped lets the process end", async () => {
  const rest = "const service = new Service(); await service.start(); await service.stop();";
  await withProgram(toProgram("", rest), async (program) => {
    assertEquals(await program.ended, { code: 0, signal: null });
  });
});
