import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runCli } from "../support/cli.ts";
import { CalledService } from "../support/cli_service.ts";

const NOWHERE = "http://127.0.0.1:9/api";

Deno.test("call_raw sends text and JSON by name and prints the result", async () => {
  await using service = new CalledService();
  await service.start();

  const { code, out } = await runCli(["call_raw", service.url, "echo", "value=a=b", 'other:={"x": [1]}']);

  assertEquals(code, 0);
  assertEquals(out, JSON.stringify(["a=b", { x: [1] }], null, 2));
});

for (
  const [what, params, expected] of [
    ["an empty text", ["value="], ["", null]],
    ["the last of two of one name", ["value=1", "value:=2"], [2, null]],
    ["a colon in a name's text", ["value=:=1"], [":=1", null]],
    ["a text by position", ["=a", "=b=c"], ["a", "b=c"]],
    ["JSON by position", [":=1", ":=[null]"], [1, [null]]],
    ["text and JSON by position", ["=a", ":=-1"], ["a", -1]],
    ["a number that is negative", ["value:=-1.5"], [-1.5, null]],
    ["no parameters", [], [null, null]],
    ["__proto__ within a value", ['value:={"__proto__": 1}'], [JSON.parse('{"__proto__": 1}'), null]],
  ] as const
) {
  Deno.test(`call_raw sends ${what}`, async () => {
    await using service = new CalledService();
    await service.start();

    const { code, out, error } = await runCli(["call_raw", service.url, "echo", ...params, "--json"]);

    assertEquals([code, error], [0, ""]);
    assertEquals(out, JSON.stringify(expected));
  });
}

for (const text of ['{"value": "ä"}', '\ufeff{"value": "ä"}\n', '["ä", null]']) {
  Deno.test(`call_raw takes all parameters from standard input: ${JSON.stringify(text)}`, async () => {
    await using service = new CalledService();
    await service.start();
    const readInput = () => Promise.resolve(new TextEncoder().encode(text));

    const { code, out } = await runCli(["call_raw", service.url, "echo", "-", "--json"], { readInput });

    assertEquals([code, out], [0, '["ä",null]']);
  });
}

Deno.test("call-raw is the same command; --verbose prints timings as the original, the result apart", async () => {
  await using service = new CalledService();
  await service.start();

  const { code, out, error } = await runCli(["call-raw", "-v", service.url, "echo", "value=", "--json"]);

  assertEquals([code, out], [0, '["",null]']);
  assertMatch(error, /^\[!\] Method call: \d+\.\d{5} seconds\n\[!\] Result:\n$/);
});

Deno.test("call_raw --auth sends the token, and a notification has no result", async () => {
  await using service = new CalledService();
  await service.start();

  const secret = await runCli(["call_raw", service.url, "secret", "--auth", "right"]);
  const byHeader = await runCli(["call_raw", service.url, "secret", "-H", "X-Api-Token: right"]);
  const denied = await runCli(["call_raw", service.url, "secret", "--auth", "wrong-token"]);
  const notified = await runCli(["call_raw", "--notify", "--verbose", service.url, "hear", "what=x"]);

  assertEquals([secret.code, secret.out], [0, '"secret"']);
  assertEquals([byHeader.code, byHeader.out], [0, '"secret"']);
  assertEquals([denied.code, denied.out], [1, ""]);
  assertStringIncludes(denied.error, "(error -32001)");
  assertEquals(denied.error.includes("wrong-token"), false);
  assertEquals([notified.code, notified.out, service.heard], [0, "", ["x"]]);
  assertMatch(notified.error, /^\[!\] Method call: \d+\.\d{5} seconds$/);
});

Deno.test("call_raw sends headers and cookies, each as often as it is given", async () => {
  await using service = new CalledService();
  await service.start();
  const given = [
    "-H",
    "X-One:  1 ",
    "-H",
    "X-One: 2",
    "--cookie",
    "a=1",
    "--cookie=b=2=3",
    "-H",
    "Cookie: c=4",
  ];

  const { code, error } = await runCli(["call_raw", ...given, service.url, "headers"]);

  const [headers] = service.seen;
  assertEquals([code, error], [0, ""]);
  assertEquals([headers?.get("x-one"), headers?.get("cookie")], ["1, 2", "c=4; a=1; b=2=3"]);
});

Deno.test("call_raw tells an error of the service in one line: message, code and data, made safe", async () => {
  await using service = new CalledService();
  await service.start();

  const { code, out, error } = await runCli(["call_raw", service.url, "refuse"]);

  assertEquals([code, out], [1, ""]);
  assertEquals(
    error,
    `gemstone: error: Cannot call "refuse" at ${service.url}: Out of \\u001b[31mstock ` +
      '(error 4001, data {"sku":"a1"})',
  );
});

Deno.test("call_raw tells a wrong method and wrong parameters with their codes", async () => {
  await using service = new CalledService();
  await service.start();

  const method = await runCli(["call_raw", service.url, "toString"]);
  const params = await runCli(["call_raw", service.url, "echo", "x=1"]);

  assertEquals([method.code, params.code], [1, 1]);
  assertMatch(method.error, /^gemstone: error: [^\n]+\(error -32601\)$/);
  assertMatch(params.error, /^gemstone: error: [^\n]+\(error -32602[^\n]*\)$/);
});

Deno.test("call_raw prints nothing that a terminal obeys, and still the same JSON", async () => {
  await using service = new CalledService();
  await service.start();

  const plain = await runCli(["call_raw", service.url, "text"]);
  const colored = await runCli(["--color", "always", "call_raw", service.url, "text"]);

  assertEquals(plain.out, '"\\u001b[2J\\u202e\\u009b"');
  assertEquals(JSON.parse(plain.out), service.text());
  assertEquals(colored.out, `\x1b[32m${plain.out}\x1b[0m`);
});

for (
  const [what, args, expected] of [
    ["no arguments", [], "call_raw needs a URL and a method"],
    ["no method", ["http://localhost/api"], "call_raw needs a URL and a method"],
    ["an empty URL", ["", "echo"], "call_raw needs a URL and a method"],
    ["a URL without scheme", ["localhost:8000", "echo"], "the URL must be an absolute one of HTTP"],
    ["a URL of another scheme", ["ftp://localhost", "echo"], "the URL must be an absolute one of HTTP"],
    ["a URL with a password", ["http://u:hush@localhost", "echo"], "use auth instead"],
    ["a parameter without value", [NOWHERE, "echo", "value"], "a parameter is name=text or name:=json"],
    ["a value that is not JSON", [NOWHERE, "echo", "value:={"], 'the value of "value" is not JSON: "{"'],
    ["an empty value as JSON", [NOWHERE, "echo", "value:="], 'the value of "value" is not JSON'],
    ["names and positions", [NOWHERE, "echo", "a=1", "=2"], "either all parameters have a name or none"],
    ["- and another parameter", [NOWHERE, "echo", "-", "a=1"], "- takes all parameters from standard input"],
    ["an empty standard input", [NOWHERE, "echo", "-"], "standard input is not JSON"],
    ["a header without colon", [NOWHERE, "echo", "-H", "hush"], "--header is NAME:VALUE"],
    ["a header that is none", [NOWHERE, "echo", "-H", "a b: hush"], "--header is NAME:VALUE"],
    ["a header of two lines", [NOWHERE, "echo", "-H", "a: b\nhush: d"], "the value of the header a holds"],
    ["a cookie without value", [NOWHERE, "echo", "--cookie", "hush"], "--cookie is NAME=VALUE"],
    [
      "a cookie with a semicolon",
      [NOWHERE, "echo", "--cookie", "a=b;hush"],
      "the value of the cookie a holds",
    ],
    ["an empty token", [NOWHERE, "echo", "--auth="], "the token must be a string that is not empty"],
    [
      "a header with a control character",
      [NOWHERE, "echo", "-H", "a: \x01"],
      "the value of the header a holds",
    ],
    [
      "a token with a control character",
      [NOWHERE, "echo", "--auth", "\x7f"],
      "characters that a header can not",
    ],
    ["a token of two lines", [NOWHERE, "echo", "--auth", "a\nhush"], "characters that a header can not"],
    ["a timeout that is no number", [NOWHERE, "echo", "-t", "soon"], "--timeout must be a whole number"],
    ["a timeout of 0", [NOWHERE, "echo", "-t0"], "--timeout must be a whole number"],
    ["an unknown option", [NOWHERE, "echo", "--notfy"], 'unknown option "--notfy", did you mean "--notify"'],
  ] as const
) {
  Deno.test(`call_raw: ${what} is wrong usage`, async () => {
    const { code, out, error } = await runCli(["call_raw", ...args]);

    assertEquals([code, out], [2, ""]);
    assertStringIncludes(error, expected);
    assertMatch(error, /^gemstone: error: [^\n]+; see gemstone call_raw --help$/);
    assertEquals(error.includes("hush"), false);
  });
}

for (
  const [what, bytes, expected] of [
    ["not UTF-8", Uint8Array.of(0x22, 0xff, 0x22), "standard input is not UTF-8"],
    ["not JSON", new TextEncoder().encode("{"), "standard input is not JSON"],
    ["a number", new TextEncoder().encode("1"), "standard input must be a JSON object or array"],
    ["null", new TextEncoder().encode("null"), "standard input must be a JSON object or array"],
  ] as const
) {
  Deno.test(`call_raw refuses standard input that is ${what}`, async () => {
    const readInput = () => Promise.resolve(bytes);

    const { code, error } = await runCli(["call_raw", NOWHERE, "echo", "-"], { readInput });

    assertEquals(code, 2);
    assertStringIncludes(error, expected);
  });
}
