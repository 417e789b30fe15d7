import { assertEquals, assertStrictEquals } from "@std/assert";
import { connect } from "amqplib";
import { Buffer } from "node:buffer";
import { nextTick } from "node:process";
import { Writable } from "node:stream";
import { setImmediate } from "node:timers";
import { WriteBatch } from "../../../src/events/amqp/write_batch.ts";
import { AMQP_URL } from "../../support/broker.ts";

/** A stream that notes how many pieces each call of the operating system would write. */
class NotingStream extends Writable {
  readonly calls: number[] = [];

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    this.calls.push(1);
    done();
  }

  override _writev(chunks: readonly unknown[], done: () => void): void {
    this.calls.push(chunks.length);
    done();
  }
}

/** Writes as amqplib does: in an immediate that is asked for in a tick. */
function writeLater(stream: Writable, pieces: number): void {
  nextTick(() =>
    setImmediate(() => {
      for (let piece = 0; piece < pieces; piece++) stream.write(Buffer.from("x"));
    })
  );
}

/** Resolves when the turn is over. */
function turn(): Promise<void> {
  return new Promise((resolve) => nextTick(() => setImmediate(() => setImmediate(resolve))));
}

Deno.test("WriteBatch.open() makes one call of all that is written in one turn", async () => {
  const stream = new NotingStream();
  const batch = new WriteBatch(stream);

  writeLater(stream, 3);
  batch.open();
  batch.open();
  await turn();

  assertEquals(stream.calls, [3]);
});

Deno.test("WriteBatch.open() holds nothing back after the turn", async () => {
  const stream = new NotingStream();
  const batch = new WriteBatch(stream);
  batch.open();
  await turn();

  stream.write("x");

  assertEquals(stream.calls, [1]);
  assertStrictEquals(stream.writableCorked, 0);
});

Deno.test("WriteBatch.open() works turn after turn", async () => {
  const stream = new NotingStream();
  const batch = new WriteBatch(stream);
  for (const pieces of [2, 4]) {
    writeLater(stream, pieces);
    batch.open();
    await turn();
  }

  assertEquals(stream.calls, [2, 4]);
});

Deno.test("WriteBatch gathers also what is written when the buffer of the stream is empty again", async () => {
  const stream = new NotingStream({ highWaterMark: 2 });
  const batch = new WriteBatch(stream);
  stream.once("drain", () => {
    for (let piece = 0; piece < 3; piece++) stream.write("y");
  });
  writeLater(stream, 2);
  batch.open();
  await turn();
  await turn();

  assertEquals(stream.calls, [2, 3]);
});

Deno.test("WriteBatch.open() does no harm to a stream that has ended", async () => {
  const stream = new NotingStream();
  const batch = new WriteBatch(stream);
  batch.open();

  stream.destroy();
  await turn();
  batch.open();
  await turn();

  assertEquals(stream.calls, []);
});

for (
  const [name, stream] of [
    ["nothing", undefined],
    ["null", null],
    ["text", "stream"],
    ["an object without methods", {}],
    ["an object with some of the methods", { cork() {}, uncork() {} }],
    ["an object with members that are no methods", { cork: 1, uncork: 1, prependListener: 1 }],
  ] as const
) {
  Deno.test(`WriteBatch.open() does nothing with ${name}`, async () => {
    new WriteBatch(stream).open();

    await turn();
  });
}

Deno.test({
  name:
    "WriteBatch makes one call of many messages on a socket of amqplib, which still has one in the same place",
  ignore: AMQP_URL === undefined,
  fn: async () => {
    const model = await connect(AMQP_URL!);
    try {
      const channel = await model.createConfirmChannel();
      const { queue } = await channel.assertQueue("", { exclusive: true });
      const { stream } = model.connection as unknown as { stream: Writable };
      const calls = countCalls(stream);
      const batch = new WriteBatch(stream);

      for (let message = 0; message < 20; message++) {
        channel.sendToQueue(queue, Buffer.from("x"));
        batch.open();
      }
      await channel.waitForConfirms();

      assertEquals(calls, [20]);
    } finally {
      await model.close();
    }
  },
});

/** The pieces of each call that a stream makes from now on. */
function countCalls(stream: Writable): number[] {
  const calls: number[] = [];
  const { _write, _writev } = stream;
  stream._write = (...given) => {
    calls.push(1);
    _write.apply(stream, given);
  };
  stream._writev = (...given) => {
    calls.push(given[0].length);
    _writev?.apply(stream, given);
  };
  return calls;
}
