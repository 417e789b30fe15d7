/** The options of the RabbitMQ transport: defaults, limits, hostile values. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type RabbitMqOptions,
  resolveConnection,
  resolveRabbitMqOptions,
} from "../../../src/events/amqp/options.ts";

const URL_A = "amqp://127.0.0.1";

Deno.test("resolveRabbitMqOptions() fills in the defaults", () => {
  assertEquals(resolveRabbitMqOptions(URL_A), {
    urls: [URL_A],
    namespace: "gemstone",
    compat: undefined,
    topology: "declare",
    envelope: "binary",
    waitForBroker: true,
    retryDelaysMs: [1000, 5000, 30_000, 120_000, 600_000],
    maxEventBytes: 1_048_576,
    durableBroadcast: undefined,
    connection: {
      heartbeatSeconds: 10,
      connectTimeoutMs: 5000,
      connectRetries: 10,
      minBackoffMs: 100,
      maxBackoffMs: 30_000,
      tls: undefined,
    },
    publishing: {
      windowEvents: 500,
      windowBytes: 8_388_608,
      bufferEvents: 10_000,
      bufferBytes: 16_777_216,
      onFull: "reject",
      timeoutMs: 30_000,
      maxRefusals: 5,
      confirmWatchdogMs: 15_000,
    },
  });
});

Deno.test("resolveRabbitMqOptions() takes all that is given, undefined as not given", () => {
  const given: RabbitMqOptions = {
    namespace: "a-B_3",
    compat: "gemstone",
    topology: "check",
    envelope: "structured",
    waitForBroker: false,
    retryDelaysMs: [7, 7, 1],
    maxEventBytes: 5,
    durableBroadcast: "instance ä/1",
    connection: {
      heartbeatSeconds: 1,
      connectTimeoutMs: 2,
      connectRetries: 0,
      minBackoffMs: 40_000,
      maxBackoffMs: undefined,
      tls: { ca: "CA", servername: "broker" },
    },
    publishing: {
      windowEvents: 1,
      windowBytes: 5,
      bufferEvents: 1,
      bufferBytes: 5,
      onFull: "wait",
      timeoutMs: 1,
      maxRefusals: 0,
      confirmWatchdogMs: 1,
    },
  };

  const resolved = resolveRabbitMqOptions(["amqps://a", new URL("amqp://b")], given);

  const { connection, publishing, urls, ...rest } = resolved;
  assertEquals(urls, ["amqps://a", "amqp://b"]);
  assertEquals(connection, {
    heartbeatSeconds: 1,
    connectTimeoutMs: 2,
    connectRetries: 0,
    minBackoffMs: 40_000,
    maxBackoffMs: 40_000,
    tls: { ca: "CA", cert: undefined, key: undefined, passphrase: undefined, servername: "broker" },
  });
  assertEquals(publishing as unknown, given.publishing);
  const { connection: _connection, publishing: _publishing, ...plain } = given;
  assertEquals(rest as unknown, plain);
});

Deno.test("resolveRabbitMqOptions() writes bare JSON by default with compat", () => {
  assertEquals(resolveRabbitMqOptions(URL_A, { compat: "gemstone" }).envelope, "none");
  assertEquals(resolveRabbitMqOptions(URL_A, { compat: "gemstone", envelope: "binary" }).envelope, "binary");
});

Deno.test("resolveRabbitMqOptions() keeps nothing that the caller can change", () => {
  const [urls, retryDelaysMs] = [[URL_A], [1]];
  const connection = { heartbeatSeconds: 1 };

  const resolved = resolveRabbitMqOptions(urls, { retryDelaysMs, connection });
  urls.push("amqp://b");
  retryDelaysMs.push(2);
  connection.heartbeatSeconds = 2;

  assertEquals(resolved.urls, [URL_A]);
  assertEquals(resolved.retryDelaysMs, [1]);
  assertEquals(resolved.connection.heartbeatSeconds, 1);
});

const HOSTILE_NUMBERS = [0, -1, 1.5, NaN, Infinity, 2 ** 53, "5", null, {}, true, 5n];

for (
  const name of [
    "maxEventBytes",
    "connection.heartbeatSeconds",
    "connection.connectTimeoutMs",
    "connection.minBackoffMs",
    "connection.maxBackoffMs",
    "publishing.windowEvents",
    "publishing.windowBytes",
    "publishing.bufferEvents",
    "publishing.bufferBytes",
    "publishing.timeoutMs",
    "publishing.confirmWatchdogMs",
  ]
) {
  for (const value of HOSTILE_NUMBERS) {
    Deno.test(`resolveRabbitMqOptions() refuses ${name} ${String(value)} (${typeof value})`, () => {
      assertRefused(nest(name, value), typeof value === "number" ? RangeError : TypeError, name);
    });
  }
}

for (const name of ["connection.connectRetries", "publishing.maxRefusals"]) {
  Deno.test(`resolveRabbitMqOptions() takes 0 for ${name} and refuses less`, () => {
    resolveRabbitMqOptions(URL_A, nest(name, 0) as RabbitMqOptions);

    assertRefused(nest(name, -1), RangeError, name);
  });
}

for (
  const [title, options, wanted, text] of [
    ["namespace with a dot", { namespace: "a.b" }, RangeError, '"a.b"'],
    ["empty namespace", { namespace: "" }, RangeError, "1 to 32"],
    ["namespace of 33 characters", { namespace: "a".repeat(33) }, RangeError, "1 to 32"],
    ["namespace of a million characters", { namespace: "a".repeat(1e6) }, RangeError, "1 to 32"],
    ["namespace with a line feed", { namespace: "a\n" }, RangeError, "1 to 32"],
    ["namespace 7", { namespace: 7 }, TypeError, "number"],
    ["namespace null", { namespace: null }, TypeError, "namespace"],
    ["compat python", { compat: "python" }, RangeError, "compat"],
    ["compat true", { compat: true }, TypeError, "compat"],
    ["topology maybe", { topology: "maybe" }, RangeError, '"declare" or "check" or "none"'],
    ["topology __proto__", { topology: "__proto__" }, RangeError, "topology"],
    ["envelope []", { envelope: [] }, TypeError, "an array"],
    ["waitForBroker 1", { waitForBroker: 1 }, TypeError, "true or false"],
    ["retryDelaysMs 5", { retryDelaysMs: 5 }, TypeError, "retryDelaysMs"],
    ["no retryDelaysMs", { retryDelaysMs: [] }, RangeError, "0 items"],
    ["21 retryDelaysMs", { retryDelaysMs: Array(21).fill(1) }, RangeError, "21 items"],
    ["retryDelaysMs with a hole", { retryDelaysMs: [1, , 2] }, TypeError, "undefined"],
    ["retryDelaysMs 0", { retryDelaysMs: [0] }, RangeError, "retryDelaysMs 0"],
    ["retryDelaysMs of more than a day", { retryDelaysMs: [86_400_001] }, RangeError, "86400001"],
    ["empty durableBroadcast", { durableBroadcast: "" }, RangeError, "durableBroadcast"],
    ["durableBroadcast true", { durableBroadcast: true }, TypeError, "durableBroadcast"],
    ["durableBroadcast of 65 characters", { durableBroadcast: "a".repeat(65) }, RangeError, "65"],
    ["durableBroadcast with half a character", { durableBroadcast: "\ud800" }, RangeError, "well-formed"],
    ["connection 5", { connection: 5 }, TypeError, "connection"],
    ["connection []", { connection: [] }, TypeError, "connection"],
    ["publishing null", { publishing: null }, TypeError, "publishing"],
    ["tls with amqp", { connection: { tls: { ca: "CA" } } }, RangeError, "amqps"],
    ["tls true", { connection: { tls: true } }, TypeError, "connection.tls"],
    ["ca 5", { connection: { tls: { ca: 5 } } }, TypeError, "connection.tls.ca"],
    ["onFull drop", { publishing: { onFull: "drop" } }, RangeError, "publishing.onFull"],
    [
      "maxBackoffMs under minBackoffMs",
      { connection: { minBackoffMs: 9, maxBackoffMs: 8 } },
      RangeError,
      "from 9",
    ],
    [
      "a window that the largest event does not fit",
      { publishing: { windowBytes: 5 } },
      RangeError,
      "never fit",
    ],
    ["a buffer that the largest event does not fit", { maxEventBytes: 2 ** 25 }, RangeError, "never fit"],
  ] as [string, unknown, typeof TypeError, string][]
) {
  Deno.test(`resolveRabbitMqOptions() refuses ${title}`, () => {
    assertRefused(options, wanted, text);
  });
}

for (const options of [null, 5, "x", [], true]) {
  Deno.test(`resolveRabbitMqOptions() refuses ${JSON.stringify(options)} as options`, () => {
    assertRefused(options, TypeError, "options");
  });
}

Deno.test("resolveRabbitMqOptions() never shows what may be secret", () => {
  const passphrase = "secret".repeat(300_000);

  const error = assertThrows(
    () => resolveRabbitMqOptions("amqps://a", { connection: { tls: { passphrase } } }),
    RangeError,
  );

  assert(!error.message.includes("secret"));
});

for (
  const urls of [[], undefined, null, 5, {}, [["amqp://a"]], [undefined], Array(101).fill(URL_A), "", "  "]
) {
  Deno.test(`resolveRabbitMqOptions() refuses ${JSON.stringify(urls)?.slice(0, 40)} as URLs`, () => {
    const error = assertThrows(() => resolveRabbitMqOptions(urls as string), Error);

    assert(error instanceof TypeError || error instanceof RangeError);
  });
}

Deno.test("resolveConnection() checks the options of a connection alone", () => {
  assertEquals(resolveConnection().connectRetries, 10);
  assertThrows(() => resolveConnection({ heartbeatSeconds: 0 }), RangeError, "connection.heartbeatSeconds");
});

function assertRefused(options: unknown, wanted: typeof TypeError, text: string): void {
  const error = assertThrows(() => resolveRabbitMqOptions(URL_A, options as RabbitMqOptions), wanted, text);
  assert(/^Cannot use /.test(error.message) && !error.message.endsWith("."), error.message);
}

function nest(name: string, value: unknown): Record<string, unknown> {
  const [first = "", second] = name.split(".");
  return second === undefined ? { [first]: value } : { [first]: { [second]: value } };
}
