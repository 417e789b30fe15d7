import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runCli } from "../support/cli.ts";

for (
  const [what, args, expected] of [
    ["no command", [], "events needs a command, the commands are: emit, tail, dead"],
    ["a mistyped command", ["emti", "x"], 'unknown command "emti", did you mean "emit"'],
    ["a word that is no command", ["frobnicate"], "the commands are: emit, tail, dead"],
    ["dead without a command", ["dead"], "dead needs a command, the commands are: list, show, redrive, drop"],
    ["a mistyped dead command", ["dead", "lits"], 'unknown command "dead lits", did you mean "dead list"'],
    ["emit without a name", ["emit"], "emit needs the name of an event"],
    ["emit with a name of wildcards", ["emit", "#"], 'Cannot use "#" as the name of an event'],
    ["emit with an empty name", ["emit", ""], 'Cannot use "" as the name of an event'],
    ["emit with one argument too many", ["emit", "a", "1", "2"], 'unexpected argument "2"'],
    ["a body that is not JSON", ["emit", "a", "{"], "the body is not JSON"],
    ["a body that is empty", ["emit", "a", ""], "the body is not JSON"],
    ["an empty id", ["emit", "a", "--id", ""], "id must be a string of 1 to 255 bytes"],
    ["an id without value", ["emit", "a", "--id"], "option --id needs a value"],
    ["an option in place of a value", ["emit", "a", "--id", "--group"], "option --id needs a value"],
    ["a flag with a value", ["emit", "a", "--group=yes"], 'option --group takes no value, got "yes"'],
    ["a mistyped option", ["emit", "a", "--gruop"], 'unknown option "--gruop", did you mean "--group"'],
    ["an option of one letter", ["emit", "a", "-g"], 'unknown option "-g"'],
    ["an ambiguous option", ["emit", "a", "--no"], '"--no" could be'],
    ["a timeout of 0", ["emit", "a", "--timeout", "0"], "--timeout must be a whole number from 1"],
    ["a timeout that is no number", ["emit", "a", "--timeout", "soon"], "--timeout must be a whole number"],
    ["a timeout longer than timers", ["emit", "a", "--timeout", "2147483648"], "from 1 to 2147483647"],
    ["a name to tail that is none", ["tail", "a b"], 'Cannot use "a b" as the name of an event'],
    ["a limit of 0", ["tail", "--limit", "0"], "--limit must be a whole number from 1"],
    ["a limit that is negative", ["tail", "--limit=-1"], "--limit must be a whole number from 1"],
    ["list without service", ["dead", "list"], "dead needs --service NAME"],
    ["list with an empty service", ["dead", "list", "--service="], "dead needs --service NAME"],
    ["list with an ID", ["dead", "list", "1", "--service", "a"], 'unexpected argument "1"'],
    ["show without an ID", ["dead", "show", "--service", "a"], "show needs the ID of a dead letter"],
    ["show with two IDs", ["dead", "show", "1", "2", "--service", "a"], 'unexpected argument "2"'],
    ["redrive of nothing", ["dead", "redrive", "--service", "a"], "redrive needs the IDs of dead letters"],
    ["redrive of IDs and all", ["dead", "redrive", "1", "--all", "--service", "a"], "either IDs or --all"],
    ["drop of nothing", ["dead", "drop", "--service", "a"], "drop needs the IDs of dead letters"],
    ["drop of all without --yes", ["dead", "drop", "--all", "--service", "a"], "add --yes when you mean it"],
    [
      "drop of all with --no-yes",
      ["dead", "drop", "--all", "--yes", "--no-yes", "--service", "a"],
      "add --yes",
    ],
    [
      "a URL without scheme",
      ["emit", "a", "--url", "localhost:5672"],
      "the URL of the broker must begin with",
    ],
    ["a URL of another scheme", ["emit", "a", "--url", "http://localhost"], 'got "http"'],
    ["an empty URL", ["emit", "a", "--url="], "the URL of the broker must begin with"],
    ["an AMQP URL that is none", ["emit", "a", "--url", "amqp://a:b:c"], "Cannot read the URL of the broker"],
    ["a Redis URL that is none", ["tail", "--url", "redis://a:b:c"], "Cannot read the URL of Redis"],
    ["a namespace that is none", ["tail", "--namespace", "a b"], 'Cannot use namespace "a b"'],
    ["an unknown compat", ["tail", "--compat", "nameko"], '--compat knows "gemstone" only, got "nameko"'],
    [
      "compat over Redis",
      ["tail", "--url", "redis://localhost", "--compat", "gemstone"],
      "--compat is for RabbitMQ",
    ],
  ] as const
) {
  Deno.test(`gemstone events: ${what} is wrong usage`, async () => {
    const { code, out, error } = await runCli(["events", ...args]);

    assertEquals([code, out], [2, ""]);
    assertStringIncludes(error, expected);
    assertMatch(error, /^gemstone: error: [^\n]+; see gemstone events[a-z ]* --help$/);
  });
}

for (
  const [what, args] of [
    ["in a URL of another scheme", ["emit", "a", "--url", "http://user:hush@localhost"]],
    ["in an AMQP URL that is none", ["emit", "a", "--url", "amqp://user:hush@localhost:x"]],
    ["in an AMQP URL with a slash in it", ["emit", "a", "--url", "amqp://user:hu/hush@localhost"]],
    ["in a Redis URL that is none", ["tail", "--url", "redis://:hush@localhost:x"]],
    ["in a URL without scheme", ["tail", "--url", "user:hush@localhost"]],
    ["in the place of the name", ["emit", "amqp://user:hush@localhost"]],
    ["in the place of the body", ["emit", "a", "amqp://user:hush@localhost"]],
    ["in one argument too many", ["tail", "a", "amqp://user:hush@localhost"]],
    ["in the place of a command", ["amqp://user:hush@localhost"]],
  ] as const
) {
  Deno.test(`gemstone events never tells a password ${what}`, async () => {
    const { code, out, error } = await runCli(["events", ...args]);

    assertEquals([code, out], [2, ""]);
    assertEquals(error.includes("hush"), false);
  });
}

Deno.test("gemstone events takes the URL from AMQP_URL, and an empty one counts as none", async () => {
  const given = await runCli(["events", "emit", "a"], { env: () => "http://localhost" });
  const asked: string[] = [];
  const env = (name: string): string => {
    asked.push(name);
    return "";
  };
  const empty = await runCli(["events", "emit", "a", "--namespace", "!"], { env });

  assertEquals(given.code, 2);
  assertStringIncludes(given.error, 'got "http"');
  assertEquals(asked, ["AMQP_URL"]);
  assertStringIncludes(empty.error, 'Cannot use namespace "!"');
});

for (
  const [args, usage] of [
    [["events", "--help"], "usage: gemstone events COMMAND"],
    [["events", "-h"], "usage: gemstone events COMMAND"],
    [["events", "emit", "--help"], "usage: gemstone events emit"],
    [["events", "emit", "a", "--id", "-h"], "usage: gemstone events emit"],
    [["events", "tail", "-h"], "usage: gemstone events tail"],
    [["events", "dead", "--help"], "usage: gemstone events dead list"],
    [["events", "dead", "drop", "--help"], "usage: gemstone events dead list"],
    [["--help"], "usage: gemstone [options] COMMAND"],
  ] as const
) {
  Deno.test(`gemstone ${args.join(" ")} prints the usage`, async () => {
    const { code, out, error } = await runCli(args);

    assertEquals([code, error], [0, ""]);
    assertStringIncludes(out, usage);
    assertEquals(out.split("\n").filter((line) => line.length > 80), []);
  });
}

Deno.test("gemstone says what a mistyped command was meant to be", async () => {
  const { code, error } = await runCli(["evnets"]);

  assertEquals(code, 2);
  assertStringIncludes(error, 'unknown command "evnets", did you mean "events"');
});
