/** What comes in from outside: names, URLs and params that nobody should believe. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ManualClock } from "@gemstone/gemstone/testing";
import { isServiceUrl } from "../../src/registry/announcement.ts";
import { call, post } from "../support/service.ts";
import { TestRegistry } from "./fixture.ts";

const URL_1 = "http://127.0.0.1:8001/api";

async function expectInvalid(method: string, params: unknown, reason: string): Promise<void> {
  const registry = new TestRegistry({ clock: new ManualClock() });
  await registry.ping("known", URL_1);
  const before = await registry.list_services();

  const { error, result } = await call(registry, method, params);

  assertEquals([result, error.code, error.message], [undefined, -32602, "Invalid params"]);
  assert(error.data.reason.includes(reason), `${error.data.reason} has no ${reason}`);
  assertEquals(await registry.list_services(), before);
  assertEquals(registry.log.records.filter(({ level }) => level !== "debug"), []);
}

const WRONG_PARAMS: readonly (readonly [method: string, params: unknown, reason: string])[] = [
  ["ping", undefined, "Missing parameter: name"],
  ["ping", [], "Missing parameter: name"],
  ["ping", ["x"], "Missing parameter: url"],
  ["ping", { name: "x" }, "Missing parameter: url"],
  ["ping", { url: URL_1 }, "Missing parameter: name"],
  ["ping", { name: "x", host: "h" }, "Missing parameter: port"],
  ["ping", { name: "x", port: 1 }, "Missing parameter: host"],
  ["ping", { name: "x", url: URL_1, host: "h" }, "Unknown parameter: host"],
  ["ping", { name: "x", url: URL_1, "__proto__ ": 1 }, "Unknown parameter: __proto__"],
  ["ping", { name: "x", host: "h", port: 1, more: 1 }, "Unknown parameter: more"],
  ["ping", ["x", "h", 1, 2], "Too many arguments: 4 given, at most 3 taken"],
  ["ping", ["x", URL_1, 2], "The host must be"],
  ["ping", ["x", "h", "8000"], "The port must be"],
  ["ping", ["x", "h", 0], "The port must be"],
  ["ping", ["x", "h", 65_536], "The port must be"],
  ["ping", ["x", "h", 1.5], "The port must be"],
  ["ping", ["x", 5, 1], "The host must be"],
  ["ping", ["x", "a/../b", 1], "The host must be"],
  ["ping", ["x", "user@h", 1], "The host must be"],
  ["ping", ["x", "h:1", 1], "The host must be"],
  ["ping", ["x", "h\n", 1], "The host must be"],
  ["ping", ["x", "", 1], "The host must be"],
  ["locate_service", undefined, "Missing parameter: name"],
  ["locate_service", ["a", "b"], "Too many arguments"],
  ["locate_service", { name: null }, "must be a string"],
  ["locate_service", [["a"]], "must be a string"],
  ["locate_service", ["*".repeat(257)], "257 characters"],
  ["unregister", ["known"], "Missing parameter: url"],
  ["unregister", ["*", URL_1], "must not hold"],
  ["unregister", ["known", 7], "The URL must be a string"],
  ["list_services", ["a", "b"], "Too many arguments"],
  ["list_services", [7], "must be a string"],
  ["list_services", [null], "must be a string"],
  ["list_services", { name: "a" }, "Unknown parameter: name"],
];
for (const [method, params, reason] of WRONG_PARAMS) {
  Deno.test(`ServiceRegistry refuses ${method} with ${JSON.stringify(params)?.slice(0, 60)}`, async () => {
    await expectInvalid(method, params, reason);
  });
}

const WRONG_NAMES: readonly (readonly [what: string, name: unknown])[] = [
  ["null", null],
  ["a number", 5],
  ["a list", ["a"]],
  ["no characters", ""],
  ["257 characters", "a".repeat(257)],
  ["a wildcard", "workers.*"],
  ["a question mark", "a?"],
  ["a number sign", "a#b"],
  ["a line feed", "a\nb"],
  ["a NUL", "a\0b"],
  ["an escape", "\x1b[2J"],
  ["a C1 control", "a\x9bb"],
  ["a line separator", "a\u2028b"],
];
for (const [what, name] of WRONG_NAMES) {
  Deno.test(`ServiceRegistry refuses a name that is or has ${what}`, async () => {
    await expectInvalid("ping", { name, url: URL_1 }, "The name");
    await expectInvalid("ping", [name, "host", 8000], "The name");
  });
}

Deno.test("ServiceRegistry refuses a name with half a character", async () => {
  const registry = new TestRegistry();
  const body = String.raw`{"jsonrpc":"2.0","method":"ping","params":["a\ud800","${URL_1}"],"id":1}`;

  const { error } = await (await post(registry, body)).json();

  assertEquals(error.code, -32602);
});

for (
  const name of ["__proto__", "constructor", "toString", "reg(a+b)[c]", "a b", "ü.日本", "a".repeat(256)]
) {
  Deno.test(`ServiceRegistry takes the name ${name.slice(0, 20)} like any other`, async () => {
    const registry = new TestRegistry();

    const { result } = await call(registry, "ping", [name, URL_1]);

    assertEquals(result, true);
    assertEquals((await call(registry, "locate_service", [name])).result, [URL_1]);
    assertEquals((await call(registry, "list_services", [name])).result[0].name, name);
    assertEquals((await call(registry, "unregister", [name, URL_1])).result, true);
  });
}

const WRONG_URLS: readonly (readonly [what: string, url: unknown])[] = [
  ["null", null],
  ["an object", { href: URL_1 }],
  ["empty", ""],
  ["no URL", "host:8000"],
  ["relative", "/api"],
  ["of another scheme", "ftp://host/api"],
  ["a script", "javascript:alert(1)"],
  ["a file", "file:///etc/passwd"],
  ["without a host", "http:///api"],
  ["with a path for a host", "http:/host/api"],
  ["with a user", "http://user@host/api"],
  ["with a password", "http://user:secret@host/api"],
  ["with an empty user", "http://@host/api"],
  ["with a fragment", "http://host/api#x"],
  ["with a space", "http://host/a b"],
  ["with space around it", ` ${URL_1}`],
  ["with a line feed", `${URL_1}\n`],
  ["with a tab in the host", "http://ho\tst/api"],
  ["with a NUL", "http://host/\0"],
  ["with a backslash", "http://good.example\\@evil.example/"],
  ["not ASCII", "http://hóst/api"],
  ["with a port that is none", "http://host:65536/api"],
  ["too long", `http://host/${"a".repeat(2048)}`],
];
for (const [what, url] of WRONG_URLS) {
  Deno.test(`ServiceRegistry refuses a URL that is ${what}`, async () => {
    await expectInvalid("ping", { name: "x", url }, "The URL");
  });
}

for (const url of ["http://h", "HTTPS://Host:1/", "http://[::1]:8000/api?x=1", "http://10.0.0.1/a/b;c"]) {
  Deno.test(`ServiceRegistry gives back ${url} as it came`, async () => {
    const registry = new TestRegistry();

    await registry.ping("x", url);

    assertEquals(await registry.locate_service("x"), [url]);
  });
}

Deno.test("isServiceUrl() takes nothing that a URL parser reads as another place, whatever the text", () => {
  const part = fc.constantFrom(
    "http://",
    "https://",
    "/",
    "\\",
    "@",
    ":",
    "#",
    "?",
    "a",
    "80",
    "[",
    "]",
    "%",
    " ",
  );
  const text = fc.oneof(fc.string(), fc.array(part, { maxLength: 12 }).map((parts) => parts.join("")));
  fc.assert(fc.property(text, (candidate) => {
    if (!isServiceUrl(candidate)) return;
    const { protocol, username, password, hash, host } = new URL(candidate);
    assert(protocol === "http:" || protocol === "https:");
    assertEquals([username, password, hash], ["", "", ""]);
    // A reader that knows nothing of special cases finds the same host.
    const authority = /^https?:\/\/([^/?]*)/i.exec(candidate)?.[1] ?? "";
    assert(host.split(":")[0] !== "" && !authority.includes("@"));
  }));
});

Deno.test("ServiceRegistry answers whatever it is sent", async () => {
  const registry = new TestRegistry();
  registry.maxServices = 50;
  const method = fc.constantFrom("ping", "locate_service", "unregister", "list_services");
  const value = fc.oneof(fc.string(), fc.constantFrom(URL_1, "a", "a.*", "[", "[]", "[!"), fc.jsonValue());
  const key = fc.constantFrom("name", "url", "host", "port", "pattern", "__proto__");
  const params = fc.oneof(fc.array(value, { maxLength: 4 }), fc.dictionary(key, value));
  await fc.assert(
    fc.asyncProperty(method, params, async (name, given) => {
      const { result, error } = await call(registry, name, given);
      assert(error === undefined ? result !== undefined : [-32602, -32010].includes(error.code));
    }),
    { numRuns: 500 },
  );
});
