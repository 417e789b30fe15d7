/** What a supervisor does when its connection is lost or blocked. */
import { assertEquals, assertStrictEquals } from "@std/assert";
import { waitUntil } from "../../support/wait_until.ts";
import { CONFLICT, LONG_MS, REFUSED, Subject, WRONG_PASSWORD } from "./supervisor_subject.ts";

Deno.test("ConnectionSupervisor goes on for ever once it has been up", async () => {
  await using subject = new Subject();
  await subject.supervisor.start({ wait: true });
  subject.connector.script.push(undefined, ...Array.from({ length: 20 }, () => WRONG_PASSWORD));

  subject.connector.last.lose(new Error("ECONNRESET"));
  await waitUntil("it is up again", () => subject.connector.connections.length === 2);

  assertEquals(subject.tearDowns, ["ECONNRESET"]);
});

Deno.test("ConnectionSupervisor tells a loss once, with the reason and without the password", async () => {
  await using subject = new Subject();
  await subject.supervisor.start({ wait: true });
  subject.connector.script.push(undefined, REFUSED, REFUSED, REFUSED);

  subject.connector.last.lose(new Error("ECONNRESET"));
  assertEquals(subject.supervisor.current, undefined);
  await waitUntil("it is up again", () => subject.states.at(-1) === "up" && subject.states.length > 2);

  assertEquals(subject.statuses, [
    { state: "connecting" },
    { state: "up" },
    { state: "down", reason: "amqp://user@a:5672: ECONNRESET", nextRetryMs: 1 },
    { state: "connecting" },
    { state: "up" },
  ]);
});

Deno.test("ConnectionSupervisor remembers the last error until it is up", async () => {
  await using subject = new Subject({ timing: { conflictMs: LONG_MS } });
  await subject.supervisor.start({ wait: true });
  assertEquals(subject.supervisor.lastError, undefined);

  subject.setUp = () => Promise.reject(CONFLICT);
  subject.connector.last.lose(new Error("ECONNRESET"));
  await waitUntil("the conflict is met", () => subject.delays.length === 2);

  assertStrictEquals(subject.supervisor.lastError, CONFLICT);
});

Deno.test("ConnectionSupervisor begins with the shortest pause again only after a stable connection", async () => {
  for (const [stableMs, wanted] of [[0, [1, 1, 1]], [LONG_MS, [1, 2, 4]]] as const) {
    await using subject = new Subject({ timing: { stableMs } });
    await subject.supervisor.start({ wait: true });

    for (let count = 1; count <= 3; count++) {
      subject.connector.last.lose();
      await waitUntil("it is up again", () => subject.connector.connections.length === count + 1);
      await waitUntil("it is up again", () => subject.supervisor.current !== undefined);
    }

    assertEquals(subject.delays, [...wanted]);
  }
});

Deno.test("ConnectionSupervisor waits long after a topology conflict", async () => {
  await using subject = new Subject({ timing: { conflictMs: 7 } });
  await subject.supervisor.start({ wait: true });
  let conflicts = 2;
  subject.setUp = () => conflicts-- > 0 ? Promise.reject(CONFLICT) : Promise.resolve();

  subject.connector.last.lose();
  await waitUntil("it is up again", () => subject.supervisor.current !== undefined);

  assertEquals(subject.delays, [1, 7, 7]);
});

Deno.test("ConnectionSupervisor survives a loss at each moment of the set-up", async () => {
  for (let moment = 0; moment < 6; moment++) {
    await using subject = new Subject();
    const signals: AbortSignal[] = [];
    subject.setUp = async (connection, signal) => {
      signals.push(signal);
      if (signals.length > 1) return;
      const { lose } = {
        lose: () => (connection as typeof subject.connector.last).lose(new Error("ECONNRESET")),
      };
      for (let step = 0; step < 5; step++) {
        if (step === moment) lose();
        await Promise.resolve();
      }
      if (moment === 5) queueMicrotask(lose);
    };

    await subject.supervisor.start({ wait: true });
    await waitUntil(
      "it is up on the second connection",
      () => signals.length === 2 && subject.supervisor.current !== undefined,
    );

    assertEquals(subject.tearDowns, ["ECONNRESET"], `moment ${moment}`);
    assertEquals(signals.map(({ aborted }) => aborted), [true, false]);
    assertStrictEquals(subject.supervisor.current, subject.connector.connections[1]);
  }
});

Deno.test("ConnectionSupervisor says why the connection went rather than what that did to the set-up", async () => {
  await using subject = new Subject();
  let isFirst = true;
  subject.setUp = (connection) => {
    if (!isFirst) return Promise.resolve();
    isFirst = false;
    (connection as typeof subject.connector.last).lose(new Error("ECONNRESET"));
    return Promise.reject(new Error("Channel ended, no reply will be forthcoming"));
  };

  await subject.supervisor.start({ wait: true });

  assertEquals(subject.tearDowns, ["ECONNRESET"]);
});

Deno.test("ConnectionSupervisor ignores what an old connection tells", async () => {
  await using subject = new Subject();
  await subject.supervisor.start({ wait: true });
  const old = subject.connector.last;
  old.lose(new Error("first"));
  await waitUntil("it is up again", () => subject.supervisor.current !== undefined);

  old.listener.onClosed(new Error("again"));
  old.listener.onBlocked("late");
  old.listener.onUnblocked();

  assertStrictEquals(subject.supervisor.current, subject.connector.last);
  assertEquals(subject.tearDowns, ["first"]);
  assertEquals(subject.states.filter((state) => state === "blocked"), []);
});

Deno.test("ConnectionSupervisor.reconnect() gives the present connection up, and only that", async () => {
  await using subject = new Subject();
  subject.supervisor.reconnect(new Error("before there was one"));
  await subject.supervisor.start({ wait: true });
  const [old] = subject.connector.connections;

  subject.supervisor.reconnect(new Error("stalled"));
  subject.supervisor.reconnect(new Error("once more"));
  await waitUntil("it is up again", () => subject.supervisor.current !== undefined);

  assertEquals(old?.destroyed.map((error) => error?.message), ["stalled"]);
  assertEquals(subject.tearDowns, ["stalled"]);
  assertEquals(subject.connector.connections.length, 2);
});

Deno.test("ConnectionSupervisor tells that the broker blocks it, also when that came during the set-up", async () => {
  await using subject = new Subject();
  subject.setUp = (connection) => {
    (connection as typeof subject.connector.last).listener.onBlocked("low on disk");
    return Promise.resolve();
  };
  await subject.supervisor.start({ wait: true });
  const { listener } = subject.connector.last;

  listener.onUnblocked();
  listener.onBlocked("low on memory");
  listener.onUnblocked();

  assertEquals(subject.statuses, [
    { state: "connecting" },
    { state: "blocked", reason: "low on disk" },
    { state: "up" },
    { state: "blocked", reason: "low on memory" },
    { state: "up" },
  ]);
});
