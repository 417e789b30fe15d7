/** Messages that no transport would send, and events that no service should emit. */
import { assertEquals, assertLessOrEqual, assertRejects, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import type { Options } from "amqplib";
import { EventTooLargeError } from "@gemstone/gemstone";
import { createEvent } from "@gemstone/gemstone/events";
import { hasPrivateBroker } from "../support/broker.ts";
import { measureHeap } from "../support/collect_garbage.ts";
import { emitNumber, sized, withBroker } from "../support/fault_run.ts";
import { drainQueue, withChannel } from "../support/raw_amqp.ts";
import { waitUntil } from "../support/wait_until.ts";

interface Message {
  readonly name: string;
  readonly content: Uint8Array | string;
  readonly options?: Options.Publish;
  /** Why it is dead-lettered; it is handled, with this attempt, when there is no reason. */
  readonly reason?: string;
  readonly attempt?: number;
}

const JSON_TYPE = { contentType: "application/json" };
/** RabbitMQ refuses more than 128 MB by itself. */
const HUGE_BYTES = 64 * 1024 * 1024;

const MESSAGES: readonly Message[] = [
  { name: "bare JSON", content: '{"n":1}', attempt: 1 },
  { name: "no JSON", content: "{", options: JSON_TYPE, reason: "malformed" },
  { name: "nothing", content: "", options: JSON_TYPE, reason: "malformed" },
  {
    name: "not UTF-8",
    content: new Uint8Array([0x22, 0xff, 0xfe, 0x22]),
    options: JSON_TYPE,
    reason: "malformed",
  },
  { name: "another content type", content: "{}", options: { contentType: "image/png" }, reason: "malformed" },
  { name: "another encoding", content: "{}", options: { contentEncoding: "gzip" }, reason: "malformed" },
  { name: "64 MB", content: Buffer.alloc(HUGE_BYTES, " "), options: JSON_TYPE, reason: "too_large" },
  { name: "deep JSON", content: "[".repeat(100_000), options: JSON_TYPE, reason: "malformed" },
  { name: "__proto__", content: '{"__proto__":{"n":2},"n":1}', options: JSON_TYPE, attempt: 1 },
  {
    name: "headers of wrong types",
    content: '{"n":1}',
    options: {
      ...JSON_TYPE,
      headers: { "cloudEvents_id": 7, "cloudEvents_type": [1], "x-gs-attempt": { a: 1 } },
    },
    attempt: 1,
  },
  ...[0, -1, 1.5, "9", 1001, 2 ** 52, true, null].map((value) => ({
    name: `attempt ${JSON.stringify(value)}`,
    content: '{"n":1}',
    options: { ...JSON_TYPE, headers: { "x-gs-attempt": value } },
    attempt: 1,
  })),
  {
    name: "attempt 3",
    content: '{"n":1}',
    options: { ...JSON_TYPE, headers: { "x-gs-attempt": 3 } },
    attempt: 3,
  },
];

Deno.test({
  name: "hostile messages are handled or dead-lettered with a reason, and hold nothing up",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(60_000, async (run) => {
      const transport = await run.started();
      const attempts = new Map<string | undefined, number[]>();
      await transport.subscribe([run.subscription((_number, { id, attempt }) => {
        attempts.set(id, [...attempts.get(id) ?? [], attempt]);
      })]);

      await withChannel(run.broker.url, async (channel) => {
        for (const { name, content, options } of MESSAGES) {
          const settings = { messageId: name, persistent: true, ...options };
          // What amqplib's own buffer can not take is sent when the broker has read.
          if (channel.sendToQueue(run.queue(), Buffer.from(content as string), settings)) continue;
          await new Promise((resolve) => channel.once("drain", resolve));
        }
        await channel.checkQueue(run.queue());
      });
      await emitNumber(transport, run.event, 1);

      const reasons = new Map<string, unknown>();
      const expected = MESSAGES.filter(({ reason }) => reason !== undefined);
      await waitUntil("the last event is handled", () => attempts.has("event-1"));
      await waitUntil("the rest is dead-lettered", async () => {
        for (const { properties, content } of await drainQueue(run.broker.url, run.deadLetterQueue)) {
          reasons.set(properties.messageId, properties.headers?.["x-gs-reason"]);
          const sent = MESSAGES.find(({ name }) => name === properties.messageId)!;
          assertEquals(content.length, Buffer.from(sent.content as string).length, "the body has changed");
        }
        return reasons.size >= expected.length;
      });
      for (const { name, reason, attempt } of MESSAGES) {
        assertEquals([name, reasons.get(name), attempts.get(name)], [name, reason, attempt && [attempt]]);
      }
      assertEquals(transport.health().state, "up");
    }),
});

Deno.test({
  name:
    "emit() rejects what is too large, and createEvent() throws at what JSON can not carry; both cost nothing else",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(30_000, async (run) => {
      const transport = await run.started();
      const options = { confirm: true, requireRoute: false, timeoutMs: undefined, signal: undefined };
      const circular: { self?: unknown } = {};
      circular.self = circular;

      const huge = createEvent(run.event, "x".repeat(HUGE_BYTES), { broadcast: false });
      const error = await assertRejects(() => transport.emit(huge, options), EventTooLargeError);
      for (const body of [circular, 1n, () => {}, Symbol("s"), { toJSON: () => undefined }]) {
        assertThrows(() => createEvent(run.event, body), TypeError, "JSON can not carry");
      }
      const receipt = await emitNumber(transport, run.event, 1);

      assertEquals([error.outcome, receipt.attempts], ["not-sent", 1]);
    }),
});

Deno.test({
  name: "memory does not grow with the number of different names of events",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(60_000, async (run) => {
      const count = sized(20_000, 1_000_000);
      const transport = run.transport({ publishing: { onFull: "wait" } });
      let warnings = 0;
      const quiet = (): void => void warnings++;
      const logger = { debug: () => {}, info: () => {}, warn: quiet, error: quiet };
      await transport.start({ service: run.service, instanceId: "1", logger });
      const options = { confirm: true, requireRoute: false, timeoutMs: 120_000, signal: undefined };
      const emitNames = async (from: number, to: number): Promise<void> => {
        for (let first = from; first < to; first += 500) {
          const names = Array.from({ length: 500 }, (_, index) => `name-${first + index}-${"x".repeat(90)}`);
          const emits = names.map((name) =>
            transport.emit(createEvent(name, 1, { broadcast: false }), options)
          );
          for (const { routed } of await Promise.all(emits)) assertEquals(routed, false);
        }
      };
      await emitNames(0, count / 4);
      const before = measureHeap();

      await emitNames(count / 4, count);

      const grownMb = Math.round((measureHeap() - before) / 2 ** 20);
      run.report({
        bar: "names",
        fault: "different names of events, nobody handles",
        events: count,
        note: `heap +${grownMb} MB, ${warnings} warnings`,
      });
      assertLessOrEqual(grownMb, 1);
    }),
});
