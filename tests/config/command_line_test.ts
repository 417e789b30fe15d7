import { assert, assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import {
  applyConfiguration,
  CommandLineConfigurator,
  type CommandLineConfiguratorOptions,
  Configurable,
  defaultConfigurables,
  JsonFileConfigurator,
  UsageRequest,
} from "../../src/config/mod.ts";

const CONFIGURABLES = [
  ...defaultConfigurables(),
  new Configurable("debug", { type: "boolean", description: "say more" }),
  new Configurable("greeting"),
  new Configurable("offset", { type: "number" }),
];

interface Target {
  [name: string]: unknown;
}

async function configure(args: string[], target: Target = {}): Promise<Target> {
  await applyConfiguration(target, {
    configurables: CONFIGURABLES,
    configurators: [new CommandLineConfigurator()],
    args,
    serviceName: "hello",
  });
  return target;
}

const UNDERSTOOD: [args: string[], expected: Target][] = [
  [[], {}],
  [["--port", "9000"], { port: 9000 }],
  [["--port=9000"], { port: 9000 }],
  [["--po", "9000"], { port: 9000 }],
  [["--po=9000"], { port: 9000 }],
  [["--accessible-at", "http://a/"], { accessibleAt: "http://a/" }],
  [["--accessible_at", "http://a/"], { accessibleAt: "http://a/" }],
  [["--accessibleAt", "http://a/"], { accessibleAt: "http://a/" }],
  [["--acc", "http://a/"], { accessibleAt: "http://a/" }],
  [["--accessible_", "http://a/"], { accessibleAt: "http://a/" }],
  [["--greeting=a=b=c"], { greeting: "a=b=c" }],
  [["--greeting", "a=b"], { greeting: "a=b" }],
  [["--greeting="], { greeting: "" }],
  [["--greeting", ""], { greeting: "" }],
  [["--greeting=--port"], { greeting: "--port" }],
  [["--greeting", "-"], { greeting: "-" }],
  [["--greeting", "007"], { greeting: "007" }],
  [["--greeting", "first", "--greeting", "last"], { greeting: "last" }],
  [["--greeting", "__proto__"], { greeting: "__proto__" }],
  [["--greeting=line\nfeed"], { greeting: "line\nfeed" }],
  [["--offset", "-5"], { offset: -5 }],
  [["--offset", "-.5"], { offset: -0.5 }],
  [["--debug"], { debug: true }],
  [["--no-debug"], { debug: false }],
  [["--no-d"], { debug: false }],
  [["--debug=false"], { debug: false }],
  [["--debug=yes"], { debug: true }],
  [["--debug", "--no-debug"], { debug: false }],
  [["--debug", "--port", "1", "--"], { debug: true, port: 1 }],
];

for (const [args, expected] of UNDERSTOOD) {
  Deno.test(`CommandLineConfigurator understands ${JSON.stringify(args)}`, async () => {
    assertEquals(await configure(args), expected);
  });
}

const REFUSED: [args: string[], reason: string][] = [
  [["--prot", "1"], 'unknown option "--prot", did you mean "--port"'],
  [["--prot=1"], 'unknown option "--prot", did you mean "--port"'],
  [["-port", "1"], 'unknown option "-port", did you mean "--port"'],
  [["--verbose"], 'unknown option "--verbose"'],
  [["-x"], 'unknown option "-x"'],
  [["--=1"], 'unknown option "--"'],
  [["---port", "1"], 'unknown option "---port", did you mean "--port"'],
  [["--__proto__", "1"], 'unknown option "--__proto__"'],
  [["--constructor=1"], 'unknown option "--constructor"'],
  [["--port\u001b[2J"], 'unknown option "--port\\u001b[2J"'],
  [["--h", "x"], '"--h" could be --help, --host'],
  [["--port"], "option --port needs a value"],
  [["--po"], "option --port needs a value"],
  [["--port", "--host", "x"], "option --port needs a value, write one that begins with - as --port=-…"],
  [["--port", "--"], "option --port needs a value"],
  [["--no-debug=1"], 'option --no-debug takes no value, got "1"'],
  [["--help=1"], 'option --help takes no value, got "1"'],
  [["--no-port"], 'unknown option "--no-port"'],
  [["stray"], 'unexpected argument "stray", values are written --name=value'],
  [["--debug", "true"], 'unexpected argument "true", values are written --name=value'],
  [["--", "--port"], 'unexpected argument "--port", values are written --name=value'],
  [["-5"], 'unexpected argument "-5", values are written --name=value'],
  [[""], 'unexpected argument "", values are written --name=value'],
];

for (const [args, reason] of REFUSED) {
  Deno.test(`CommandLineConfigurator refuses ${JSON.stringify(args)}`, async () => {
    const target: Target = { port: 8000 };

    const request = await assertRejects(() => configure(["--greeting", "hi", ...args], target), UsageRequest);

    assertEquals(request.exitCode, 2);
    assertEquals(request.text.split("\n").at(-1), `hello: error: Cannot read the command line: ${reason}`);
    assertStringIncludes(request.text, "usage: hello [-h] [--port PORT]");
    assertEquals(target, { port: 8000 });
  });
}

Deno.test("CommandLineConfigurator cuts a long unknown option in its error", async () => {
  const request = await assertRejects(() => configure([`--${"x".repeat(1_000_000)}`]), UsageRequest);

  assertEquals(request.text.length < 500, true);
});

const HELP = `usage: hello [-h] [--port PORT] [--host HOST] [--accessible-at ACCESSIBLE_AT]
             [--endpoint ENDPOINT] [--debug | --no-debug] [--greeting GREETING]
             [--offset OFFSET]

options:
  -h, --help            show this help text and exit
  --port PORT           TCP port to listen on, or "random" for one from 8000 to
                        65000 (default: 0)
  --host HOST           address to listen on (default: 127.0.0.1)
  --accessible-at ACCESSIBLE_AT
                        URL at which other services reach this one
  --endpoint ENDPOINT   path of the JSON-RPC endpoint
  --debug, --no-debug   say more (default: false)
  --greeting GREETING   (default: a,1,true)
  --offset OFFSET`;

for (const args of [["-h"], ["--help"], ["--he"], ["--port", "1", "--help", "--nonsense"]]) {
  Deno.test(`CommandLineConfigurator gives the help text for ${args.join(" ")}`, async () => {
    const target = { port: 0, host: "127.0.0.1", endpoint: "", debug: false, greeting: ["a", 1, true] };

    const request = await assertRejects(() => configure(args, target), UsageRequest);

    assertEquals(request.text, HELP);
    assertEquals(request.exitCode, 0);
    assertEquals(target.port, 0);
  });
}

Deno.test("CommandLineConfigurator shows no password of a URL in the help text, nor the default of a secret", async () => {
  const target = { brokers: ["amqp://shop:s3cret@a", "amqp://shop:s3cret@b"], token: "s3cret" };

  const request = await assertRejects(
    () =>
      applyConfiguration(target, {
        configurables: [new Configurable("brokers"), new Configurable("token", { defaultText: "none" })],
        configurators: [new CommandLineConfigurator()],
        args: ["--help"],
      }),
    UsageRequest,
  );

  assertStringIncludes(request.text, "(default: amqp://shop:***@a,amqp://shop:***@b)");
  assertStringIncludes(request.text, "(default: none)");
  assert(!request.text.includes("s3cret"), request.text);
});

Deno.test("CommandLineConfigurator shows a positional argument and a long program name in the help text", async () => {
  const request = await assertRejects(
    () =>
      applyConfiguration({}, {
        configurables: [new Configurable("level", { description: "how much", defaultText: "a lot" })],
        configurators: [new JsonFileConfigurator({ fromCommandLine: true }), new CommandLineConfigurator()],
        args: ["--help"],
        serviceName: "a_service_with_a_long_name",
      }),
    UsageRequest,
  );

  assertEquals(
    request.text,
    `usage: a_service_with_a_long_name
       [-h] [--level LEVEL] [FILE_NAME]

positional arguments:
  FILE_NAME             JSON file to take settings from

options:
  -h, --help            show this help text and exit
  --level LEVEL         how much (default: a lot)`,
  );
});

Deno.test("CommandLineConfigurator gives the help text of its options", async () => {
  const configurators = [new CommandLineConfigurator({ args: ["-h"], usage: "Ask the manual" })];

  const request = await assertRejects(
    () => applyConfiguration({}, { configurables: [], configurators, args: ["--ignored"] }),
    UsageRequest,
  );

  assertEquals(request.text, "Ask the manual");
});

Deno.test("CommandLineConfigurator takes undefined options as not given", async () => {
  const options = { args: undefined, usage: undefined } as unknown as CommandLineConfiguratorOptions;
  const target = {};

  await applyConfiguration(target, {
    configurables: CONFIGURABLES,
    configurators: [new CommandLineConfigurator(options)],
    args: ["--port", "1"],
  });

  assertEquals(target, { port: 1 });
});

Deno.test("CommandLineConfigurator calls a service without a name service", async () => {
  const request = await assertRejects(
    () =>
      applyConfiguration({}, {
        configurables: [],
        configurators: [new CommandLineConfigurator()],
        args: ["x"],
      }),
    UsageRequest,
  );

  assertStringIncludes(request.text, "usage: service [-h]\nservice: error: ");
});

Deno.test("CommandLineConfigurator copies its arguments", async () => {
  const args = ["--port", "1"];
  const configurator = new CommandLineConfigurator({ args });
  const target = {};

  args[1] = "2";
  await applyConfiguration(target, { configurables: CONFIGURABLES, configurators: [configurator] });

  assertEquals(target, { port: 1 });
});

Deno.test("CommandLineConfigurator shows no default for a getter that throws", async () => {
  const target = {
    get accessibleAt(): string {
      throw new Error("not started");
    },
    set accessibleAt(url: string) {
      throw new Error(`${url} is not expected`);
    },
  };

  const request = await assertRejects(
    () =>
      applyConfiguration(target, {
        configurables: CONFIGURABLES,
        configurators: [new CommandLineConfigurator()],
        args: ["-h"],
      }),
    UsageRequest,
  );

  assertStringIncludes(request.text, "reach this one\n");
});

Deno.test("CommandLineConfigurator refuses two settings that one option would stand for", async () => {
  const configurables = [new Configurable("cache", { type: "boolean" }), new Configurable("noCache")];

  await assertRejects(
    () =>
      applyConfiguration({}, {
        configurables,
        configurators: [new CommandLineConfigurator()],
        args: ["--cache"],
      }),
    TypeError,
    "Cannot read the command line: two options, --no-cache and --no-cache, are both spelled --no-cache",
  );
});

Deno.test("UsageRequest is an error with the text as its message", () => {
  const request = new UsageRequest("usage: x", 2);

  assertInstanceOf(request, Error);
  assertEquals([request.name, request.message, request.text, request.exitCode], [
    "UsageRequest",
    "usage: x",
    "usage: x",
    2,
  ]);
});
