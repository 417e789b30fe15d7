/** How a supervisor ends. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { BrokerUnavailableError, TransportStoppedError } from "../../../src/errors.ts";
import { resolveConnection } from "../../../src/events/amqp/options.ts";
import { waitUntil, within } from "../../support/wait_until.ts";
import { LONG_MS, REFUSED, Subject, WRONG_PASSWORD } from "./supervisor_subject.ts";

Deno.test("ConnectionSupervisor.stop() closes in order, tears down once and tells it", async () => {
  const subject = new Subject();
  await subject.supervisor.start({ wait: true });

  await Promise.all([subject.supervisor.stop(100), subject.supervisor.stop(100)]);
  subject.connector.last.listener.onClosed(new Error("late"));
  subject.supervisor.reconnect(new Error("late"));

  assert(subject.connector.last.closes > 0);
  assertEquals(subject.tearDowns, ["The publish connection was closed by stop"]);
  assertEquals(subject.states, ["connecting", "up", "stopped"]);
  assertEquals([subject.connector.last.destroyed, subject.connector.urls.length], [[], 1]);
});

for (
  const [name, prepare] of [
    ["while it connects", ({ connector }) => void connector.script.push("hang")],
    [
      "while it connects with what does not listen",
      ({ connector }) => void connector.script.push("hang for ever"),
    ],
    ["while it sets up", (subject) => void (subject.setUp = () => new Promise(() => {}))],
    ["while it pauses", ({ connector }) => void connector.script.push(REFUSED)],
  ] as [string, (subject: Subject) => void][]
) {
  for (const wait of [true, false]) {
    Deno.test(`ConnectionSupervisor.stop() ends it ${name}, ${wait ? "waited for" : "in the background"}`, async () => {
      const subject = new Subject({
        connection: resolveConnection({
          minBackoffMs: LONG_MS,
          maxBackoffMs: LONG_MS,
          connectTimeoutMs: LONG_MS,
        }),
      });
      prepare(subject);
      const started = subject.supervisor.start({ wait }).then(() => "started", (error) => error);
      await waitUntil("it is there", () => {
        return name.includes("set")
          ? subject.setUps.length > 0
          : subject.delays.length > 0 || !name.includes("pauses");
      });

      await within(5_000, "it stops", subject.supervisor.stop(50));

      const outcome = await started;
      assert(wait ? outcome instanceof TransportStoppedError : outcome === "started");
      assertEquals(subject.states.at(-1), "stopped");
      assertEquals(subject.supervisor.current, undefined);
    });
  }
}

Deno.test("ConnectionSupervisor.stop() before start, and after a failed start", async () => {
  const unused = new Subject();
  await unused.supervisor.stop(0);
  assertEquals(unused.states, []);

  const failed = new Subject();
  failed.connector.script.push(WRONG_PASSWORD);
  await assertRejects(() => failed.supervisor.start({ wait: true }), BrokerUnavailableError);
  await failed.supervisor.stop(0);
  assertEquals(failed.states, ["connecting", "failed", "stopped"]);
});

Deno.test("ConnectionSupervisor.stop() in the very moment of success leaves no connection", async () => {
  for (let moment = 0; moment < 12; moment++) {
    const subject = new Subject();
    const started = subject.supervisor.start({ wait: true }).catch(() => {});
    for (let step = 0; step < moment; step++) await Promise.resolve();

    await within(5_000, "it stops", subject.supervisor.stop(50));
    await started;

    assertEquals(subject.supervisor.current, undefined);
    for (const { closes, destroyed } of subject.connector.connections) {
      assert(closes + destroyed.length > 0, `moment ${moment}`);
    }
    assertEquals(subject.tearDowns.length, subject.setUps.length, `moment ${moment}`);
  }
});
