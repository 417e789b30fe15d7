/** Files that are larger than anybody's memory, and readers who stop half-way. */
import { assert, assertEquals } from "@std/assert";
import { once } from "node:events";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { waitUntil, within } from "../support/wait_until.ts";
import { ask, createFolder, createSite, listenFor, listOpenFiles } from "./site.ts";

const MIB = 1_048_576;
// Elsewhere nobody says which files are open.
const IS_LINUX = process.platform === "linux";

Deno.test("staticDirs sends a file of 1 GiB with little memory", async () => {
  await using folder = await createFolder({ "huge.bin": "" });
  await truncate(join(folder.path, "huge.bin"), 1_024 * MIB);
  const site = await createSite({ staticDirs: [["/", folder.path]] });
  const before = process.memoryUsage().rss;
  let [size, most] = [0, 0];

  // Without a socket: what a client in this very process needs is not ours. A part of it shows what is kept.
  const response = await site.get("/huge.bin");
  for await (const chunk of response.body!) {
    size += chunk.length;
    if (size % (8 * MIB) === 0) most = Math.max(most, process.memoryUsage().rss - before);
    if (size >= 384 * MIB) break;
  }
  const end = await site.get("/huge.bin", { range: `bytes=${1_023 * MIB}-` });
  const last = await end.arrayBuffer();

  assertEquals([response.headers.get("content-length"), size], [String(1_024 * MIB), 384 * MIB]);
  assertEquals([end.status, last.byteLength, await listOpenFiles(folder)], [206, MIB, []]);
  assert(most < 160 * MIB, `${Math.round(most / MIB)} MiB more`);
});

Deno.test("a listening service sends a large part of a large file", async () => {
  await using folder = await createFolder({ "huge.bin": "" });
  await truncate(join(folder.path, "huge.bin"), 1_024 * MIB);
  await using server = await listenFor(await createSite({ staticDirs: [["/", folder.path]] }));
  let size = 0;

  const response = await ask(server.port, "/huge.bin", { range: `bytes=${960 * MIB}-` });
  for await (const chunk of response) size += chunk.length;

  assertEquals([response.statusCode, response.headers["content-length"], size], [
    206,
    String(64 * MIB),
    64 * MIB,
  ]);
});

Deno.test("a listening service reads no further than its client does", async () => {
  await using folder = await createFolder({ "huge.bin": "" });
  await truncate(join(folder.path, "huge.bin"), 1_024 * MIB);
  let sent = 0;
  const site = await createSite({ staticDirs: [["/", folder.path]] });
  const counting = async (request: Request) => {
    const response = await site.fetch(request);
    const count = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        sent += chunk.length;
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body?.pipeThrough(count) ?? null, response);
  };
  await using server = await listenFor({ ...site, fetch: counting });

  const response = await ask(server.port, "/huge.bin");
  let known = -1;
  await waitUntil("the service to wait", () => {
    const isWaiting = known === sent && sent > 0;
    known = sent;
    return isWaiting;
  });
  response.destroy();

  assert(sent < 64 * MIB, `${sent} bytes`);
});

Deno.test("a listening service closes a file when its client goes away", async () => {
  await using folder = await createFolder({ "huge.bin": "" });
  await truncate(join(folder.path, "huge.bin"), 1_024 * MIB);
  await using server = await listenFor(await createSite({ staticDirs: [["/", folder.path]] }));

  const response = await ask(server.port, "/huge.bin");
  await once(response, "data");
  response.destroy();

  await waitUntil("the file to be closed", async () => (await listOpenFiles(folder)).length === 0);
});

Deno.test("staticDirs closes a large file when its reader cancels, and when it was read", async () => {
  await using folder = await createFolder({ "large.bin": "x".repeat(MIB) });
  const site = await createSite({ staticDirs: [["/", folder.path]] });

  const reader = (await site.get("/large.bin")).body!.getReader();
  await reader.read();
  const during = await listOpenFiles(folder);
  await reader.cancel();
  const unread = await site.get("/large.bin");
  await unread.body!.cancel();
  await (await site.get("/large.bin")).arrayBuffer();

  assertEquals([during.length, await listOpenFiles(folder)], [IS_LINUX ? 1 : 0, []]);
});

Deno.test("staticDirs leaves no file open after an answer without it", async () => {
  const large = "x".repeat(MIB);
  await using folder = await createFolder({ "a.js": large, "a.js.br": "brotli", "sub/index.html": large });
  const site = await createSite({ staticDirs: [["/", folder.path, { index: "index.html" }]] });
  const requests: [path: string, init: RequestInit][] = [
    ["/a.js", { method: "HEAD" }],
    ["/a.js", { headers: { "if-none-match": "*" } }],
    ["/a.js", { headers: { "if-match": '"x"' } }],
    ["/a.js", { headers: { range: "bytes=9999999-" } }],
    ["/a.js", { headers: { "accept-encoding": "br" } }],
    ["/a.js/", {}],
    ["/sub", {}],
  ];

  const statuses = [];
  for (const [path, init] of requests) statuses.push((await site.send(path, init)).status);

  assertEquals(statuses, [200, 304, 412, 416, 200, 404, 301]);
  assertEquals(await listOpenFiles(folder), []);
});

Deno.test("a listening service breaks off when a file becomes shorter", async () => {
  await using folder = await createFolder({ "log.txt": "x".repeat(8 * MIB) });
  await using server = await listenFor(await createSite({ staticDirs: [["/", folder.path]] }));
  const response = await ask(server.port, "/log.txt");

  await writeFile(join(folder.path, "log.txt"), "new");
  let size = 0;
  const reading = (async () => {
    for await (const chunk of response) size += chunk.length;
  })();

  const outcome = await within(10_000, "the end", reading.then(() => "whole", () => "broken"));
  assertEquals(outcome, "broken");
  assert(size < 8 * MIB);
});
