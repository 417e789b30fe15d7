/** How a supervisor connects. */
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { BrokerUnavailableError, TopologyConflictError } from "../../../src/errors.ts";
import { resolveConnection } from "../../../src/events/amqp/options.ts";
import { createGate } from "../../support/gate.ts";
import { pause, waitUntil, within } from "../../support/wait_until.ts";
import { CONFLICT, REFUSED, Subject, WRONG_PASSWORD } from "./supervisor_subject.ts";

Deno.test("ConnectionSupervisor.start() waits until it has connected and set up", async () => {
  await using subject = new Subject();
  const gate = createGate();
  subject.setUp = () => gate.promise;
  let isUp = false;

  const started = subject.supervisor.start({ wait: true }).then(() => isUp = true);
  await waitUntil("it sets up", () => subject.setUps.length === 1);
  assertEquals([isUp, subject.supervisor.current], [false, undefined]);
  gate.resolve();
  await started;

  assertStrictEquals(subject.supervisor.current, subject.connector.last);
  assertEquals(subject.states, ["connecting", "up"]);
  assertEquals(subject.tearDowns, []);
});

Deno.test("ConnectionSupervisor passes the options of the connection on", async () => {
  await using subject = new Subject({
    urls: ["amqps://a"],
    connection: resolveConnection({ heartbeatSeconds: 3, tls: { ca: "CA" } }),
  });

  await subject.supervisor.start({ wait: true });

  const { heartbeatSeconds, timeoutMs, connectionName, tls } = subject.connector.last.options;
  assertEquals([heartbeatSeconds, timeoutMs, connectionName, tls?.ca], [3, 5000, "service/1 publish", "CA"]);
});

Deno.test("ConnectionSupervisor.start() tries again, each pause twice as long, up to the limit", async () => {
  await using subject = new Subject();
  subject.connector.script.push(REFUSED, REFUSED, REFUSED);

  await subject.supervisor.start({ wait: true });

  assertEquals(subject.delays, [1, 2, 4]);
  assertEquals(subject.states, ["connecting", "down", "connecting", "up"]);
});

Deno.test("ConnectionSupervisor draws pauses between a half and the whole", async () => {
  const numbers = [0, 0.5, 1];
  await using subject = new Subject({
    random: () => numbers.shift() ?? 0,
    connection: resolveConnection({ minBackoffMs: 4, maxBackoffMs: 4, connectRetries: 3 }),
  });
  subject.connector.script.push(REFUSED, REFUSED, REFUSED);

  await subject.supervisor.start({ wait: true });

  assertEquals(subject.delays, [2, 3, 4]);
});

Deno.test("ConnectionSupervisor.start() rejects when its retries are used up, without the password, and has ended", async () => {
  await using subject = new Subject();
  subject.connector.script.push(...Array.from({ length: 9 }, () => REFUSED));

  const error = await assertRejects(() => subject.supervisor.start({ wait: true }), BrokerUnavailableError);

  assertEquals(
    error.message,
    "Cannot use the broker at amqp://user@a:5672: connect ECONNREFUSED (4 attempts in 0 s)",
  );
  assertStrictEquals(error.cause, REFUSED);
  assertEquals(subject.connector.urls.length, 4);
  assertEquals(subject.states.at(-1), "failed");
});

for (
  const [name, fault, wanted] of [
    ["the broker lets it not in", WRONG_PASSWORD, BrokerUnavailableError],
    [
      "the user may not declare",
      Object.assign(new Error("403 ACCESS_REFUSED"), { code: 403 }),
      BrokerUnavailableError,
    ],
    ["a queue is in the way", CONFLICT, TopologyConflictError],
  ] as const
) {
  Deno.test(`ConnectionSupervisor.start() rejects at once when ${name}`, async () => {
    await using subject = new Subject();
    if (fault === WRONG_PASSWORD) subject.connector.script.push(fault);
    else subject.setUp = () => Promise.reject(fault);

    const error = await assertRejects(() => subject.supervisor.start({ wait: true }), wanted);

    assert(error === fault || error.cause === fault);
    assertEquals(subject.connector.urls.length, 1);
    assertEquals(
      subject.connector.connections.map(({ closes, destroyed }) => closes + destroyed.length > 0),
      subject.connector.connections.map(() => true),
    );
  });
}

Deno.test("ConnectionSupervisor.start() without waiting goes on for ever", async () => {
  await using subject = new Subject();
  subject.connector.script.push(...Array.from({ length: 20 }, () => WRONG_PASSWORD));

  await subject.supervisor.start({ wait: false });
  await waitUntil("it is up", () => subject.states.includes("up"));

  assertEquals(subject.connector.urls.length, 21);
  assertEquals(subject.states, ["connecting", "down", "connecting", "up"]);
});

Deno.test("ConnectionSupervisor tries all URLs in turn, in an order of its own", async () => {
  const urls = ["amqp://a", "amqp://b", "amqp://c"];
  const orders = new Set<string>();
  for (const random of [0, 0.4, 0.99]) {
    await using subject = new Subject({ urls, random: () => random });
    subject.connector.script.push(REFUSED, REFUSED, REFUSED);
    await subject.supervisor.start({ wait: true });

    assertEquals([...subject.connector.urls.slice(0, 3)].sort(), urls);
    assertEquals(subject.connector.urls[3], subject.connector.urls[0]);
    orders.add(subject.connector.urls.slice(0, 3).join());
  }
  assert(orders.size > 1);
});

Deno.test("ConnectionSupervisor gives an attempt up whose connecting does not end", async () => {
  await using subject = new Subject({
    connection: resolveConnection({ minBackoffMs: 1, connectTimeoutMs: 10 }),
    timing: { setUpMs: 10 },
  });
  subject.connector.script.push("hang");

  await within(5_000, "it is up", subject.supervisor.start({ wait: true }));

  assertEquals(subject.connector.urls.length, 2);
  assertEquals(subject.setUps.length, 1);
});

Deno.test("ConnectionSupervisor gives an attempt up whose set-up does not end, and closes its connection", async () => {
  await using subject = new Subject({
    connection: resolveConnection({ minBackoffMs: 1, connectTimeoutMs: 10 }),
    timing: { setUpMs: 10 },
  });
  const signals: AbortSignal[] = [];
  subject.setUp = (_connection, signal) => {
    signals.push(signal);
    return signals.length === 1 ? new Promise(() => {}) : Promise.resolve();
  };

  await within(5_000, "it is up", subject.supervisor.start({ wait: true }));

  assertEquals(signals.map(({ aborted }) => aborted), [true, false]);
  assertEquals(subject.connector.connections[0]?.destroyed.length, 1);
  assertEquals(subject.tearDowns, ["Connecting and setting up have made no progress for 20 ms"]);
});

Deno.test("ConnectionSupervisor lets a set-up take as long as it makes progress", async () => {
  await using subject = new Subject({
    connection: resolveConnection({ minBackoffMs: 1, connectTimeoutMs: 100 }),
    timing: { setUpMs: 100 },
  });
  subject.setUp = async (_connection, _signal, onProgress) => {
    for (let step = 0; step < 8; step++) {
      await pause(40);
      onProgress();
    }
  };

  await within(5_000, "it is up", subject.supervisor.start({ wait: true }));

  assertEquals([subject.setUps.length, subject.tearDowns], [1, []]);
});
