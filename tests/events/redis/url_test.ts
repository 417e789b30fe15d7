import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parseRedisUrl, type RedisTarget } from "../../../src/events/redis/url.ts";

const DEFAULTS: RedisTarget = {
  isTls: false,
  host: "localhost",
  port: 6379,
  path: undefined,
  username: undefined,
  password: undefined,
  database: 0,
  address: "redis://localhost:6379/0",
};

const UNDERSTOOD: readonly (readonly [url: string, target: Partial<RedisTarget>])[] = [
  ["redis://", {}],
  ["redis://localhost", {}],
  ["REDIS://localhost", {}],
  ["  redis://localhost  ", {}],
  ["redis:///", {}],
  ["redis:///3", { database: 3, address: "redis://localhost:6379/3" }],
  ["redis://h:7000/2", { host: "h", port: 7000, database: 2, address: "redis://h:7000/2" }],
  ["redis://h/?db=4", { host: "h", database: 4, address: "redis://h:6379/4" }],
  ["redis://[::1]:7000", { host: "::1", port: 7000, address: "redis://[::1]:7000/0" }],
  ["redis://:secret@h", { host: "h", password: "secret", address: "redis://h:6379/0" }],
  ["redis://me:s%3A%40%2F%23@h", {
    host: "h",
    username: "me",
    password: "s:@/#",
    address: "redis://me@h:6379/0",
  }],
  ["rediss://h", { isTls: true, host: "h", address: "rediss://h:6379/0" }],
  ["unix:///tmp/redis.sock", { host: "", path: "/tmp/redis.sock", address: "unix:///tmp/redis.sock?db=0" }],
  ["unix://:secret@/tmp/a%20b.sock?db=2", {
    host: "",
    path: "/tmp/a b.sock",
    password: "secret",
    database: 2,
    address: "unix:///tmp/a%20b.sock?db=2",
  }],
  ["unix://me:secret@/s", {
    host: "",
    path: "/s",
    username: "me",
    password: "secret",
    address: "unix://me@/s?db=0",
  }],
];

for (const [url, target] of UNDERSTOOD) {
  Deno.test(`parseRedisUrl() understands ${url}`, () => {
    assertEquals(parseRedisUrl(url), { ...DEFAULTS, ...target });
  });
}

Deno.test("parseRedisUrl() takes a URL object", () => {
  assertEquals(parseRedisUrl(new URL("redis://h:1/2")).address, "redis://h:1/2");
});

const REFUSED:
  readonly (readonly [name: string, url: unknown, error: typeof RangeError | typeof TypeError])[] = [
    ["another scheme", "http://h", RangeError],
    ["amqp", "amqp://h", RangeError],
    ["no scheme", "localhost:6379", RangeError],
    ["nothing", "", RangeError],
    ["a port out of range", "redis://h:99999", RangeError],
    ["a port that is no number", "redis://h:port", RangeError],
    ["a database that is no number", "redis://h/x", RangeError],
    ["a negative database", "redis://h/-1", RangeError],
    ["a huge database", "redis://h/99999999999", RangeError],
    ["another option", "redis://h/0?timeout=3", RangeError],
    ["a password with a slash", "redis://:secret/@h", RangeError],
    ["a password with a hash", "redis://:secret#@h", RangeError],
    ["a password that is not UTF-8", "redis://:secret%ff@h", RangeError],
    ["a socket without path", "unix://", RangeError],
    ["a socket with a host", "unix://h/path", RangeError],
    ["a socket with a bad password", "unix://:secret/@/path", RangeError],
    ["null", null, TypeError],
    ["a number", 6379, TypeError],
    ["an object", {}, TypeError],
  ];

for (const [name, url, errorClass] of REFUSED) {
  Deno.test(`parseRedisUrl() refuses ${name}`, () => {
    const error = assertThrows(() => parseRedisUrl(url as string), errorClass);

    assert(/Redis/.test(error.message), error.message);
    assertFalse(error.message.includes("secret"), error.message);
  });
}

Deno.test("parseRedisUrl() never tells a password, and fails with a RangeError only", () => {
  fc.assert(fc.property(fc.string(), fc.constantFrom("redis", "rediss", "unix", "http"), (noise, scheme) => {
    const secret = "s3cr3t";
    try {
      const { address, password } = parseRedisUrl(`${scheme}://u:${secret}${noise}@/path?db=1`);
      assertFalse(address.includes(secret), address);
      assert(password?.startsWith(secret));
    } catch (error) {
      assert(error instanceof RangeError, String(error));
      assertFalse(error.message.includes(secret), error.message);
    }
  }));
});
