import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runCli } from "../support/cli.ts";
import { type OtherServer, serveSilence, serveText, serveTls } from "../support/cli_service.ts";
import { findFreePort } from "../support/tcp_port.ts";

const PAGE = "\n<!DOCTYPE html>\n<html><head><title>Welcome</title></head></html>";
const LONG = `<html>${"x".repeat(100_000)}</html>`;

/** A server on a port where nobody listens. */
async function serveNothing(): Promise<OtherServer> {
  const url = `http://127.0.0.1:${await findFreePort()}/api`;
  return { url, [Symbol.asyncDispose]: () => Promise.resolve() };
}

const SERVERS = [
  ["a port where nobody listens", serveNothing, /refused/i],
  [
    "a web page",
    () => serveText(PAGE),
    /it is a web page, not the answer of a service; is the path right\?$/,
  ],
  ["a long web page", () => serveText(LONG), /it is a web page/],
  [
    "a web page that is not found",
    () => serveText(PAGE, { status: 404 }),
    /HTTP status 404: it is a web page/,
  ],
  ["text that is no JSON", () => serveText("hello\x1b[2J"), /the answer is not JSON: "hello/],
  ["JSON that is no JSON-RPC", () => serveText("[]"), /the answer is not a JSON-RPC object/],
  ["an empty answer", () => serveText(""), /the answer is not JSON: ""/],
  [
    "a redirect",
    () => serveText("", { status: 302, headers: { location: "http://127.0.0.1/" } }),
    /HTTP status 302 \(redirects are not followed\)/,
  ],
  ["a certificate that nobody trusts", serveTls, /[Cc]ertificate|UnknownIssuer/],
  ["a server that says nothing", serveSilence, /no answer within 200 ms/],
] as const;

const COMMANDS = [
  ["call_raw", (url: string) => ["call_raw", url, "echo"]],
  ["call by such a registry", (url: string) => ["call", "--registry", url, "shop", "echo"]],
  ["ping", (url: string) => ["ping", url, "--count", "1"]],
] as const;

for (const [what, serve, expected] of SERVERS) {
  for (const [name, toArguments] of COMMANDS) {
    Deno.test(`gemstone ${name} ends with 3 and one clear line for ${what}`, async () => {
      await using server = await serve();

      const limitMs = serve === serveSilence ? "200" : "10000";
      const { code, out, error } = await runCli([...toArguments(server.url), "-t", limitMs]);

      assertEquals([code, out], [3, ""]);
      assertMatch(error, expected);
      assertMatch(error, /^gemstone: error: [\x20-\x7e]{1,400}$/);
      assertEquals(error.includes("    at "), false);
    });
  }
}

Deno.test("gemstone call_raw ends with 3 for a host that is not there", async () => {
  const { code, error } = await runCli(["call_raw", "http://nowhere.invalid/api", "echo"]);

  assertEquals(code, 3);
  assertMatch(error, /^gemstone: error: Cannot call "echo" at http:\/\/nowhere\.invalid\/api: [^\n]+$/);
});

Deno.test("gemstone list ends with 3 when no registry answers, and says why for each", async () => {
  await using page = await serveText(PAGE);
  await using nothing = await serveNothing();

  const { code, out, error } = await runCli(["list", "--registry", page.url, "--registry", nothing.url]);

  assertEquals([code, out], [3, ""]);
  assertMatch(error, /^gemstone: error: Cannot find "\*": [^\n]+$/);
  assertStringIncludes(error, page.url);
  assertMatch(error, /refused[^\n]*; start one with `gemstone registry`, or name it with --registry$/i);
});
