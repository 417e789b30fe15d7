/** Passwords in error texts. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Configurable } from "@gemstone/gemstone/config";
import { convertValue } from "../../src/config/conversion.ts";
import { hidePasswords } from "../../src/config/hide_passwords.ts";

for (
  const [text, expected] of [
    ["at amqp://user:hush@host:5672/a", "at amqp://user:***@host:5672/a"],
    ["at redis://:hush@host", "at redis://:***@host"],
    ["at unix://:hush@/run/redis.sock?db=1", "at unix://:***@/run/redis.sock?db=1"],
    ['"amqp://a:b@c" and "amqp://d:e@f"', '"amqp://a:***@c" and "amqp://d:***@f"'],
    ["at amqp://user@host:5672/a", "at amqp://user@host:5672/a"],
    ["at http://bob:p@ss@h", "at http://bob:***@h"],
    ["amqp://a:p:q/r@host", "amqp://a:***@host"],
    ["mail user:name@host", "mail user:name@host"],
  ] as const
) {
  Deno.test(`hidePasswords() makes ${expected}`, () => {
    assertEquals(hidePasswords(text), expected);
  });
}

Deno.test("a value that can not be used is shown without the password in it", () => {
  const template = () => {
    throw new TypeError("no such scheme");
  };
  const raw = { value: "ampq://user:hush@host", source: "the command line" };

  const error = assertThrows(() => convertValue(new Configurable("amqp", { template }), raw as never), Error);

  assert(error.message.includes('"ampq://user:***@host"'), error.message);
});

Deno.test("hidePasswords() reads a long text in proportion to its length", () => {
  const text = "a://:".repeat(20_000);

  assertEquals(hidePasswords(text), text);
});
