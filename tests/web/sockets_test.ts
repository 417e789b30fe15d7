/** The web part through real connections: what only those show. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import type { WebContext } from "../../src/web/web_context.ts";
import { createGate } from "../support/gate.ts";
import { exchange, RawConnection, toHead } from "../support/raw_connection.ts";
import { waitUntil, within } from "../support/wait_until.ts";
import { ask, createFolder, createSite, listenFor } from "./site.ts";

Deno.test("a listening service sends files with their length, on one connection", async () => {
  await using folder = await createFolder({
    "a.txt": "text",
    "b.html": "<p>b</p>",
    "c.txt": "c".repeat(100_000),
  });
  await using server = await listenFor(await createSite({ staticDirs: [["/static", folder.path]] }));
  const connection = await RawConnection.open(server.port);

  connection.write(toHead("GET /static/a.txt HTTP/1.1"));
  const whole = await connection.read();
  connection.write(toHead("HEAD /static/b.html HTTP/1.1"));
  connection.write(toHead("GET /static/c.txt HTTP/1.1", ["Range: bytes=99998-"]));
  await waitUntil("the head and the part", () => connection.unread > 0);
  await connection.close();

  assertEquals([whole?.status, whole?.body, whole?.headers.get("content-length")], [200, "text", "4"]);
  assertEquals(whole?.headers.get("transfer-encoding"), undefined);
});

Deno.test("a listening service tells the length of a file to HEAD", async () => {
  await using folder = await createFolder({ "b.html": "<p>b</p>" });
  await using server = await listenFor(await createSite({ staticDirs: [["/static", folder.path]] }));

  const response = await fetch(`http://127.0.0.1:${server.port}/static/b.html`, { method: "HEAD" });

  assertEquals([response.status, response.headers.get("content-length")], [200, "8"]);
  assertEquals(await response.text(), "");
});

Deno.test("a listening service answers conditions and ranges", async () => {
  await using folder = await createFolder({ "c.txt": `${"c".repeat(99_998)}xy` });
  await using server = await listenFor(await createSite({ staticDirs: [["/static", folder.path]] }));
  const url = `http://127.0.0.1:${server.port}/static/c.txt`;

  const whole = await fetch(url);
  const etag = whole.headers.get("etag") ?? "";
  const part = await fetch(url, { headers: { range: "bytes=-2", "if-range": etag } });
  const same = await fetch(url, { headers: { "if-none-match": etag } });

  assertEquals((await whole.text()).length, 100_000);
  assertEquals([part.status, await part.text(), part.headers.get("content-length")], [206, "xy", "2"]);
  assertEquals([same.status, await same.text()], [304, ""]);
});

const TARGETS = [
  "/static/../secret.txt",
  "/static/%2e%2e/secret.txt",
  "/static/..%2fsecret.txt",
  "/static/..%5csecret.txt",
  "/static/..\\secret.txt",
  "/static//../../secret.txt",
  "//static/../secret.txt",
  "http://localhost/static/../secret.txt",
  "/static/%",
  "/x/../static/..%2fsecret.txt",
  "*",
];

for (const target of TARGETS) {
  Deno.test(`a listening service gives nothing away for the target ${target} as it is`, async () => {
    await using folder = await createFolder({ "secret.txt": "top secret", "public/a.txt": "a" });
    const staticDirs = [["/static", join(folder.path, "public")]] as const;
    await using server = await listenFor(await createSite({ staticDirs }));

    const answer = await exchange(server.port, toHead(`GET ${target} HTTP/1.1`, ["Connection: close"]));

    assert(answer === undefined || [400, 403, 404].includes(answer.status), String(answer?.status));
    assertEquals(answer?.body.includes("top secret") ?? false, false);
  });
}

for (const host of ["a b", "localhost/static/a.txt?", "localhost#", "[", "evil.example/api", "\xff"]) {
  Deno.test(`a listening service survives the Host header ${JSON.stringify(host)}`, async () => {
    await using folder = await createFolder({ "a.txt": "a" });
    const site = await createSite({
      staticDirs: [["/static", folder.path]],
      extraHandlers: [["/page", (context) => context.text("page")]],
    });
    await using server = await listenFor(site);

    const bytes = `GET /none HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    const answer = await exchange(
      server.port,
      new Uint8Array(Array.from(bytes, (character) => character.charCodeAt(0))),
    );

    assert(answer === undefined || answer.status < 500, String(answer?.status));
    assertEquals(site.logger.records, []);
  });
}

Deno.test("a listening service streams what a handler makes, as it makes it", async () => {
  const second = createGate();
  async function* parts(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode("first");
    await second.promise;
    yield new TextEncoder().encode("second");
  }
  const toBody = (source: AsyncGenerator<Uint8Array>) =>
    new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await source.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    });
  await using server = await listenFor(
    await createSite({ extraHandlers: [["/", () => new Response(toBody(parts()))]] }),
  );

  const reader = (await fetch(`http://127.0.0.1:${server.port}/`)).body!.pipeThrough(new TextDecoderStream())
    .getReader();
  const first = await reader.read();
  second.resolve();
  const rest = await reader.read();

  assertEquals([first.value, rest.value], ["first", "second"]);
  await reader.cancel();
});

Deno.test("a listening service sends events until the page goes away", async () => {
  const ended = createGate();
  async function* count(): AsyncGenerator<{ data: number }> {
    try {
      for (let data = 0;; data++) {
        yield { data };
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    } finally {
      ended.resolve();
    }
  }
  await using server = await listenFor(
    await createSite({ extraHandlers: [["/events", (context) => context.events(count())]] }),
  );

  const response = await ask(server.port, "/events");
  let text = "";
  for await (const chunk of response) {
    text += chunk;
    if (text.includes("data: 2\n\n")) break;
  }

  assertEquals(response.headers["content-type"], "text/event-stream");
  assertMatch(text, /^: \n\ndata: 0\n\ndata: 1\n\n/);
  await within(10_000, "the source to end", ended.promise);
});

Deno.test("a listening service ends its event streams when it stops", async () => {
  const stopping = new AbortController();
  async function* one(): AsyncGenerator<{ data: number }> {
    yield { data: 1 };
    await new Promise(() => {});
  }
  const site = await createSite({
    stopping: stopping.signal,
    extraHandlers: [["/events", (context) => context.events(one())]],
  });
  await using server = await listenFor(site);
  const text = fetch(`http://127.0.0.1:${server.port}/events`).then((response) => response.text());
  const response = await ask(server.port, "/events");

  stopping.abort();
  response.resume();

  assertEquals((await within(10_000, "the end", text)).startsWith(": \n\n"), true);
});

Deno.test("a listening service aborts the signal of a handler whose client goes away", async () => {
  const [entered, aborted] = [createGate(), createGate()];
  const wait = async (context: WebContext) => {
    const { signal } = context;
    entered.resolve();
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    aborted.resolve();
    throw signal.reason;
  };
  const site = await createSite({ extraHandlers: [["/", wait]] });
  await using server = await listenFor(site);
  const client = httpRequest({ host: "127.0.0.1", port: server.port, agent: false }).on("error", () => {});
  client.end();
  await entered.promise;

  client.destroy();

  await within(10_000, "the signal", aborted.promise);
  // That a caller went away is no failure of the handler.
  assertEquals(site.logger.records.filter(({ level }) => level !== "debug"), []);
});

Deno.test("a listening service takes a form, and limits bodies of no declared length", async () => {
  const site = await createSite({
    maxBodyBytes: 1_000,
    extraHandlers: [["/form", {
      async post(context: WebContext): Promise<Response> {
        const form = await context.request.formData();
        return context.text(String(form.get("name")));
      },
    }]],
  });
  await using server = await listenFor(site);
  const url = `http://127.0.0.1:${server.port}/form`;

  const form = await fetch(url, { method: "POST", body: new URLSearchParams({ name: "änn" }) });
  const chunk = "x".repeat(600);
  const head = ["Content-Type: application/x-www-form-urlencoded", "Transfer-Encoding: chunked"];
  const chunked = `${toHead("POST /form HTTP/1.1", head)}258\r\n${chunk}\r\n258\r\n${chunk}\r\n0\r\n\r\n`;
  const refused = await exchange(server.port, chunked);

  assertEquals([form.status, await form.text()], [200, "änn"]);
  assertEquals(refused?.status, 413);
  assertEquals(site.logger.records, []);
});

Deno.test("a listening service keeps the endpoint from the handlers", async () => {
  const site = await createSite({ extraHandlers: [["*", (context) => context.text("shadow")]] });
  await using server = await listenFor(site);

  const answer = await fetch(`http://127.0.0.1:${server.port}/api`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"jsonrpc":"2.0","method":"get_data","id":1}',
  });

  assertEquals(await answer.json(), { jsonrpc: "2.0", result: ["hello", 5], id: 1 });
});
