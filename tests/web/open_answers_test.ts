/** What a site has not finished yet: how it fails, and what a stop does with it. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { IS_DENO } from "../../src/runtime/process.ts";
import { isStreamed } from "../../src/runtime/response_stream.ts";
import type { WebContext } from "../../src/web/web_context.ts";
import { createGate } from "../support/gate.ts";
import { exchange, RawConnection, toHead } from "../support/raw_connection.ts";
import { waitUntil, within } from "../support/wait_until.ts";
import { toCommand } from "../support/worker_process.ts";
import { ask, createFolder, createSite, listenFor, type Site } from "./site.ts";

/** A body that fails behind its first bytes. */
function createBroken(error: unknown, whenRead?: Promise<void>): ReadableStream<Uint8Array> {
  let isBegun = false;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (isBegun) {
        await whenRead;
        throw error;
      }
      isBegun = true;
      controller.enqueue(new TextEncoder().encode("first"));
    },
  });
}

/** The lines in the log, with the error of each. */
function readLog({ logger }: Site): readonly unknown[] {
  return logger.records.map(({ level, message, properties }) => [level, message, properties?.["error"]]);
}

async function* failingEvents(error: unknown): AsyncGenerator<{ data: number }> {
  yield { data: 1 };
  throw error;
}

const FAILURE = new Error("no more");

Deno.test("a body that fails midway breaks off, is logged with its handler, and harms nobody else", async () => {
  const read = createGate();
  const site = await createSite({
    extraHandlers: [["/broken/:id", () => new Response(createBroken(FAILURE, read.promise))], [
      "/text",
      (context) => context.text("text"),
    ]],
  });
  await using server = await listenFor(site);

  const broken = await ask(server.port, "/broken/1?token=secret");
  let text = "";
  const reading = (async () => {
    for await (const chunk of broken) {
      text += chunk;
      read.resolve();
    }
  })();
  await assertRejects(() => within(10_000, "the end", reading));
  const other = await ask(server.port, "/text");
  other.resume();

  assertEquals([broken.statusCode, text, other.statusCode], [200, "first", 200]);
  assertEquals(readLog(site), [["error", 'Handler of "/broken/:id" failed at GET /broken/1', FAILURE]]);
});

Deno.test("events that fail are logged once, with their handler", async () => {
  const site = await createSite({
    extraHandlers: [["/events", (context) => context.events(failingEvents(FAILURE))]],
  });

  await assertRejects(async () => await (await site.get("/events")).text());

  assertEquals(readLog(site), [["error", 'Handler of "/events" failed at GET /events', FAILURE]]);
});

Deno.test("a chunk that is no bytes breaks off, and is logged", async () => {
  const body = new ReadableStream({ start: (controller) => controller.enqueue("text") });
  const site = await createSite({
    extraHandlers: [["/", () => new Response(body as ReadableStream<Uint8Array>)]],
  });

  await assertRejects(async () => await (await site.get("/")).text());

  const [[level, , error] = []] = readLog(site) as unknown[][];
  assertEquals(level, "error");
  assertStringIncludes(String(error), "Cannot send a chunk that is string");
});

Deno.test("a body that fails when nobody reads it any more is no news", async () => {
  let fail: (error: unknown) => void = () => {};
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => fail = (error) => controller.error(error),
  });
  const site = await createSite({ extraHandlers: [["/", () => new Response(body)]] });

  const reader = (await site.get("/")).body!.getReader();
  const reading = reader.read();
  const cancelled = reader.cancel();
  fail(FAILURE);
  await cancelled.catch(() => {});
  await reading;

  assertEquals(readLog(site), []);
});

Deno.test("a body that somebody else reads answers 500", async () => {
  const site = await createSite({
    extraHandlers: [["/", () => {
      const response = new Response(createBroken(FAILURE));
      response.body?.getReader();
      return response;
    }]],
  });

  const response = await site.get("/");

  assertEquals([response.status, await response.text()], [500, "Internal Server Error\n"]);
  assertEquals(site.logger.records.length, 1);
});

Deno.test("a file that becomes shorter is logged with its path", async () => {
  await using folder = await createFolder({ "log.txt": "x".repeat(1_000_000) });
  const site = await createSite({ staticDirs: [["/", folder.path]] });

  const response = await site.get("/log.txt");
  await truncate(join(folder.path, "log.txt"), 10);
  await assertRejects(() => response.text());

  assertEquals(site.logger.records.map(({ message }) => message), ["Cannot send /log.txt"]);
});

Deno.test({
  name: "isStreamed() tells a stream from a body that is whole, which keeps its length on the wire",
  // Node sends all bodies of handlers in chunks.
  ignore: !IS_DENO,
  async fn() {
    const whole = [new Response("x"), Response.json({}), new Response(new Uint8Array(3)), new Response(null)];
    assertEquals(whole.map(isStreamed), [false, false, false, false]);
    assertEquals(isStreamed(new Response(createBroken(FAILURE))), true);

    const site = await createSite({ extraHandlers: [["/", () => new Response("whole")]] });
    await using server = await listenFor(site);
    const answer = await exchange(server.port, toHead("GET / HTTP/1.1", ["Connection: close"]));
    assertEquals(answer?.headers.get("content-length"), "5");
  },
});

Deno.test("OpenAnswers.abandon() answers 503 for a handler that runs, and aborts its signal", async () => {
  const entered = createGate<AbortSignal>();
  const site = await createSite({
    extraHandlers: [["/hang", (context: WebContext) => {
      entered.resolve(context.signal);
      return new Promise<Response>(() => {});
    }]],
  });
  const answer = site.get("/hang");
  const signal = await entered.promise;

  site.answers.abandon();

  const response = await within(10_000, "the answer", answer);
  assertEquals([response.status, response.headers.get("connection")], [503, "close"]);
  assertEquals(await response.text(), "Service Unavailable\nThe service stops\n");
  assertEquals([signal.aborted, (signal.reason as DOMException).name], [true, "AbortError"]);
  assertEquals(site.logger.records.map(({ level, message }) => [level, message]), [
    ["error", 'Handler of "/hang" failed at GET /hang'],
  ]);
  assertEquals(site.answers.untilIdle(), undefined);
});

Deno.test("OpenAnswers.untilIdle() waits for handlers and streams, however they end", async () => {
  const gate = createGate();
  const body = () =>
    new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(9)) });
  const site = await createSite({
    extraHandlers: [
      ["/slow", async (context) => {
        await gate.promise;
        return context.text("slow");
      }],
      ["/stream", async () => await new Response(body())],
      ["/broken", () => new Response(createBroken(FAILURE))],
    ],
  });
  assertEquals(site.answers.untilIdle(), undefined);

  const slow = site.get("/slow");
  const stream = (await site.get("/stream")).body!.getReader();
  const broken = await site.get("/broken");
  const head = await site.send("/stream", { method: "HEAD" });
  const order: string[] = [];
  const idle = site.answers.untilIdle()!.then(() => order.push("idle"));
  await stream.read();
  gate.resolve();
  await (await slow).text();
  await broken.text().catch(() => {});
  await new Promise((resolve) => setTimeout(resolve));
  order.push("cancel");
  await stream.cancel();
  await within(10_000, "the end", idle);

  assertEquals([order, head.body, site.answers.untilIdle()], [["cancel", "idle"], null, undefined]);
});

for (const what of ["stream", "large.bin", "handler"]) {
  Deno.test(`a process ends after a stop, whatever its client of /${what} does`, async () => {
    const [program = "", ...args] = toCommand("tests/web/stalled_program", [what]);
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
    const ended = once(child, "close");
    try {
      await waitUntil("the port", () => lines.length > 0);
      const connection = await ask(Number(lines[0]), `/${what}`).catch(() => undefined);
      const [code] = await within(20_000, "the process to end", ended);
      connection?.destroy();
      assertEquals([code, lines.slice(1)], [0, [`stopped ${what}`]]);
      // The one that had no answer yet has got one.
      assertEquals(connection?.statusCode, what === "handler" ? 503 : 200);
    } finally {
      child.kill("SIGKILL");
    }
  });
}

Deno.test({
  name: "a service that stops refuses requests while it waits for a stream, and then connections",
  // Node refuses connections at once.
  ignore: !IS_DENO,
  async fn() {
    const end = createGate();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await end.promise;
        controller.close();
      },
    });
    const site = await createSite({ extraHandlers: [["/stream", () => new Response(body)]] });
    const server = await listenFor(site);
    const connection = await RawConnection.open(server.port);
    connection.write(toHead("GET /stream HTTP/1.1"));
    await waitUntil("the stream", () => site.answers.untilIdle() !== undefined);

    const drained = server.drain(0);
    const late = await exchange(server.port, toHead("GET /stream HTTP/1.1", ["Connection: close"]));
    end.resolve();
    const answer = await connection.read();
    await within(10_000, "the end", drained);
    const refused = await exchange(server.port, toHead("GET / HTTP/1.1")).catch(() => undefined);

    assert(late !== undefined && late.status >= 500, `status ${late?.status}`);
    assertEquals([answer?.status, answer?.body, refused], [200, "", undefined]);
  },
});
