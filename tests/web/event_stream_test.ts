/** Server-sent events. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createGate } from "../support/gate.ts";
import { waitUntil, within } from "../support/wait_until.ts";
import { createEventStream, type ServerSentEvent } from "../../src/web/event_stream.ts";

async function* from(events: readonly ServerSentEvent[]): AsyncGenerator<ServerSentEvent> {
  yield* events;
}

const KEEP_ALIVE = ": \n\n";

const EVENTS: readonly [event: ServerSentEvent, text: string][] = [
  [{ data: "hello" }, "data: hello\n\n"],
  [{ data: "" }, "data: \n\n"],
  [{ data: { a: 1 } }, 'data: {"a":1}\n\n'],
  [{ data: 0 }, "data: 0\n\n"],
  [{ data: undefined }, "data: null\n\n"],
  [{ data: "a\nb\r\nc\rd" }, "data: a\ndata: b\ndata: c\ndata: d\n\n"],
  [{ data: "x\n\nevent: evil" }, "data: x\ndata: \ndata: event: evil\n\n"],
  [{ data: "x", event: "tick", id: "7", retryMs: 1_500.9 }, "event: tick\nid: 7\nretry: 1500\ndata: x\n\n"],
];

for (const [event, text] of EVENTS) {
  Deno.test(`createEventStream() writes ${JSON.stringify(event)}`, async () => {
    const response = createEventStream(from([event]));

    assertEquals(response.headers.get("content-type"), "text/event-stream");
    assertEquals(response.headers.get("cache-control"), "no-store");
    assertEquals(await response.text(), KEEP_ALIVE + text);
  });
}

const WRONG_EVENTS: readonly ServerSentEvent[] = [
  { data: "x", event: "a\nb" },
  { data: "x", id: "a\rb" },
  { data: "x", id: "a\0b" },
];

for (const event of WRONG_EVENTS) {
  Deno.test(`createEventStream() breaks off at ${JSON.stringify(event)}`, async () => {
    await assertRejects(() => createEventStream(from([event])).text(), TypeError, "it must be one line");
  });
}

Deno.test("createEventStream() breaks off when the source fails", async () => {
  async function* failing(): AsyncGenerator<ServerSentEvent> {
    yield { data: 1 };
    throw new Error("no more");
  }

  await assertRejects(() => createEventStream(failing()).text(), Error, "no more");
});

Deno.test("createEventStream() ends the source when the reader goes away", async () => {
  const ended = createGate();
  async function* endless(): AsyncGenerator<ServerSentEvent> {
    try {
      for (let data = 0;; data++) yield { data };
    } finally {
      ended.resolve();
    }
  }
  const reader = createEventStream(endless()).body!.getReader();
  await reader.read();

  await reader.cancel();

  await within(5_000, "the source to end", ended.promise);
});

Deno.test("createEventStream() ends when the signal aborts, also while the source is silent", async () => {
  const stop = new AbortController();
  async function* silent(): AsyncGenerator<ServerSentEvent> {
    yield { data: 1 };
    await new Promise(() => {});
  }
  const text = createEventStream(silent(), { signal: stop.signal }).text();

  stop.abort();

  assertEquals((await within(5_000, "the end", text)).startsWith(KEEP_ALIVE), true);
  const aborted = createEventStream(silent(), { signal: stop.signal });
  assertEquals(await within(5_000, "the end", aborted.text()), "");
});

Deno.test("createEventStream() forgets the signal when the stream is over", async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const count = (by: number, method: "addEventListener" | "removeEventListener") => {
    const original: (type: string, listener: EventListener) => void = signal[method].bind(signal);
    Object.defineProperty(signal, method, {
      value(type: string, listener: EventListener): void {
        listeners += by;
        original(type, listener);
      },
    });
  };
  count(1, "addEventListener");
  count(-1, "removeEventListener");

  await createEventStream(from([{ data: 1 }]), { signal }).text();
  await createEventStream(from([{ data: 1 }]), { signal }).body?.cancel();

  assertEquals(listeners, 0);
});

Deno.test("createEventStream() asks for the next event when the last one is on its way", async () => {
  let made = 0;
  async function* counting(): AsyncGenerator<ServerSentEvent> {
    for (;;) yield { data: ++made };
  }
  const reader = createEventStream(counting()).body!.getReader();

  for (let read = 0; read < 3; read++) await reader.read();

  assertEquals(made <= 4, true, `made ${made}`);
  await reader.cancel();
});

Deno.test("createEventStream() gives a sign of life while the source is silent", async () => {
  async function* silent(): AsyncGenerator<ServerSentEvent> {
    await new Promise(() => {});
    yield { data: "never" };
  }
  const reader = createEventStream(silent(), { keepAliveMs: 1 }).body!.getReader();
  const decoder = new TextDecoder();
  let text = "";

  await waitUntil("three signs of life", async () => {
    text += decoder.decode((await reader.read()).value);
    return text.length >= 3 * KEEP_ALIVE.length;
  });

  assertEquals(text.slice(0, 3 * KEEP_ALIVE.length), KEEP_ALIVE.repeat(3));
  await reader.cancel();
});

Deno.test("createEventStream() refuses a time that is none", () => {
  for (const keepAliveMs of [0, -1, NaN, Infinity]) {
    assertThrows(
      () => createEventStream(from([]), { keepAliveMs }),
      RangeError,
      "Cannot keep a stream alive",
    );
  }
});
