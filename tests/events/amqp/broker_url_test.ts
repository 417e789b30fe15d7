/** URLs of brokers. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { checkBrokerUrl, describeUrl, readCredentials } from "../../../src/events/amqp/broker_url.ts";

for (
  const [url, described, user, password] of [
    ["amqp://127.0.0.1", "amqp://127.0.0.1:5672", "guest", "guest"],
    ["amqps://broker", "amqps://broker:5671", "guest", "guest"],
    ["amqp://a:1234/", "amqp://a:1234", "guest", "guest"],
    ["amqp://u:p@a/vhost", "amqp://u@a:5672/vhost", "u", "p"],
    ["amqp://u@a", "amqp://u@a:5672", "u", ""],
    ["amqp://:p@a", "amqp://a:5672", "", "p"],
    ["amqp://j%C3%BC:%2F%40%3A@[::1]:1/%2F?heartbeat=30", "amqp://j%C3%BC@[::1]:1/%2F", "jü", "/@:"],
    [" amqp://a ", "amqp://a:5672", "guest", "guest"],
  ] as const
) {
  Deno.test(`checkBrokerUrl() takes ${url}`, () => {
    const checked = checkBrokerUrl(url);

    assertEquals(checked, url.trim());
    assertEquals(describeUrl(checked), described);
    assertEquals(readCredentials(checked), { user, password });
  });
}

Deno.test("checkBrokerUrl() takes a URL object", () => {
  assertEquals(checkBrokerUrl(new URL("amqp://a:1")), "amqp://a:1");
});

for (
  const [title, url, wanted, text] of [
    ["another scheme", "http://u:secret@a", RangeError, '"http"'],
    ["a script", "javascript:secret", RangeError, '"javascript"'],
    ["no host", "amqp://", RangeError, "without host"],
    ["no slashes", "amqp:secret", RangeError, "without host"],
    ["no URL", "u:secret@a:b:c", RangeError, "URL"],
    ["nothing", "", RangeError, "URL"],
    ["a port beyond all", "amqp://u:secret@a:99999", RangeError, "URL"],
    ["a password with a slash", "amqp://u:1/secret@a", RangeError, "percent-encode"],
    ["a password with a question mark", "amqp://u:1?secret@a", RangeError, "percent-encode"],
    ["a password with a hash", "amqp://u:1#secret@a", RangeError, "percent-encode"],
    ["a fragment", "amqp://a#secret", RangeError, "percent-encode"],
    ["a password that is not encoded", "amqp://u:%zzsecret@a", RangeError, "percent-encoded"],
    ["a password that is not UTF-8", "amqp://u:%ffsecret@a", RangeError, "percent-encoded"],
    ["a virtual host that is not UTF-8", "amqp://a/%ff", RangeError, "percent-encoded"],
    ["no heartbeat", "amqp://u:secret@a?heartbeat=0", RangeError, "heartbeat"],
    ["a heartbeat that is none", "amqp://u:secret@a?heartbeat=often", RangeError, "heartbeat"],
    ["a heartbeat beyond all", "amqp://a?heartbeat=601", RangeError, "heartbeat"],
    ["a number", 5, TypeError, "number"],
    ["null", null, TypeError, "null"],
    ["an object", { toString: () => "amqp://a" }, TypeError, "object"],
  ] as [string, unknown, typeof TypeError, string][]
) {
  Deno.test(`checkBrokerUrl() refuses ${title}`, () => {
    const error = assertThrows(() => checkBrokerUrl(url), wanted, text);

    assert(!error.message.includes("secret"), error.message);
  });
}

Deno.test("checkBrokerUrl() and describeUrl() never tell a password, whatever it is", () => {
  fc.assert(fc.property(fc.string({ minLength: 1 }), fc.webPath(), (tail, path) => {
    const secret = `s3cret${tail}`;
    for (const password of [secret, encodeURIComponent(secret.toWellFormed())]) {
      let told: string;
      try {
        told = describeUrl(checkBrokerUrl(`amqp://u:${password}@a${path}`));
      } catch (error) {
        told = (error as Error).message;
      }
      assert(!told.includes("s3cret"), told);
    }
  }));
});
