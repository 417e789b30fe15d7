/** Conditional requests, ranges and compressed forms. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import { listAcceptedCodings } from "../../src/web/accept_encoding.ts";
import { parseRanges } from "../../src/web/byte_ranges.ts";
import { createFolder, createSite, LONG_AGO, type Site, type TestFolder } from "./site.ts";

const ETAG = `"a-${LONG_AGO.getTime().toString(16)}"`;
const [BEFORE, SAME, AFTER] = [-1_000, 0, 1_000].map((ms) => new Date(LONG_AGO.getTime() + ms).toUTCString());

async function createDigits(): Promise<{ folder: TestFolder; site: Site }> {
  const folder = await createFolder({ "digits": "0123456789" });
  return { folder, site: await createSite({ staticDirs: [["/", folder.path]] }) };
}

const CONDITIONS: readonly [headers: Record<string, string>, status: number][] = [
  [{ "if-none-match": ETAG }, 304],
  [{ "if-none-match": `W/${ETAG}` }, 304],
  [{ "if-none-match": `"x", ${ETAG}` }, 304],
  [{ "if-none-match": "*" }, 304],
  [{ "if-none-match": '"x"' }, 200],
  [{ "if-none-match": ETAG.slice(1, -1) }, 200],
  [{ "if-none-match": "" }, 200],
  [{ "if-none-match": '"x"', "if-modified-since": SAME! }, 200],
  [{ "if-modified-since": BEFORE! }, 200],
  [{ "if-modified-since": SAME! }, 304],
  [{ "if-modified-since": AFTER! }, 304],
  [{ "if-modified-since": "yesterday" }, 200],
  [{ "if-match": ETAG }, 200],
  [{ "if-match": "*" }, 200],
  [{ "if-match": `W/${ETAG}` }, 412],
  [{ "if-match": '"x"' }, 412],
  [{ "if-unmodified-since": SAME! }, 200],
  [{ "if-unmodified-since": BEFORE! }, 412],
  [{ "if-unmodified-since": "yesterday" }, 200],
  [{ "if-match": ETAG, "if-unmodified-since": BEFORE! }, 200],
  [{ "if-none-match": ETAG, range: "bytes=0-1" }, 304],
];

for (const [headers, status] of CONDITIONS) {
  for (const method of ["GET", "HEAD"]) {
    Deno.test(`staticDirs answers ${status} to ${method} with ${JSON.stringify(headers)}`, async () => {
      const { folder, site } = await createDigits();
      await using _folder = folder;

      const response = await site.send("/digits", { method, headers });

      assertEquals(response.status, status);
      const body = await response.text();
      if (status === 304) {
        assertEquals([response.headers.get("etag"), response.headers.get("cache-control")], [
          ETAG,
          "no-cache",
        ]);
        assertEquals([body, response.headers.get("content-length")], ["", null]);
      }
    });
  }
}

const RANGES: readonly [header: string, status: number, body: string, contentRange: string | null][] = [
  ["bytes=0-0", 206, "0", "bytes 0-0/10"],
  ["bytes=2-4", 206, "234", "bytes 2-4/10"],
  ["bytes=7-", 206, "789", "bytes 7-9/10"],
  ["bytes=-3", 206, "789", "bytes 7-9/10"],
  ["bytes=-99", 206, "0123456789", "bytes 0-9/10"],
  ["bytes=0-99", 206, "0123456789", "bytes 0-9/10"],
  ["BYTES=1-2", 206, "12", "bytes 1-2/10"],
  ["bytes=1-2,", 206, "12", "bytes 1-2/10"],
  ["bytes=3-4,99-", 206, "34", "bytes 3-4/10"],
  ["bytes=10-", 416, "Range Not Satisfiable\n", "bytes */10"],
  ["bytes=99-100", 416, "Range Not Satisfiable\n", "bytes */10"],
  ["bytes=-0", 416, "Range Not Satisfiable\n", "bytes */10"],
  ["bytes=4-2", 200, "0123456789", null],
  ["bytes=-", 200, "0123456789", null],
  ["bytes=", 200, "0123456789", null],
  ["bytes=a-b", 200, "0123456789", null],
  ["bytes=1-2,x", 200, "0123456789", null],
  ["bytes=0x1-2", 200, "0123456789", null],
  ["bytes=1e0-2", 200, "0123456789", null],
  ["bytes=9999999999999999999999-", 200, "0123456789", null],
  ["items=0-1", 200, "0123456789", null],
  ["bytes=0-,0-,0-", 200, "0123456789", null],
  [`bytes=${"0-0,".repeat(17)}`, 200, "0123456789", null],
];

for (const [header, status, body, contentRange] of RANGES) {
  Deno.test(`staticDirs answers ${status} to the range ${header.slice(0, 40)}`, async () => {
    const { folder, site } = await createDigits();
    await using _folder = folder;

    const response = await site.get("/digits", { range: header });

    assertEquals([response.status, await response.text()], [status, body]);
    assertEquals(response.headers.get("content-range"), contentRange);
    if (status !== 416) assertEquals(response.headers.get("content-length"), String(body.length));
  });
}

Deno.test("staticDirs sends several ranges as multipart/byteranges", async () => {
  const { folder, site } = await createDigits();
  await using _folder = folder;

  const response = await site.get("/digits", { range: "bytes=0-1, 4-5 ,-2" });
  const body = await response.text();

  assertEquals(response.status, 206);
  const type = response.headers.get("content-type") ?? "";
  assertMatch(type, /^multipart\/byteranges; boundary=[\w-]+$/);
  assertEquals(response.headers.get("content-length"), String(body.length));
  const [, boundary] = type.split("boundary=");
  const part = (range: string, bytes: string) =>
    `\r\n--${boundary}\r\nContent-Type: application/octet-stream\r\n` +
    `Content-Range: bytes ${range}/10\r\n\r\n${bytes}`;
  assertEquals(body, `${part("0-1", "01")}${part("4-5", "45")}${part("8-9", "89")}\r\n--${boundary}--\r\n`);
});

const IF_RANGE: readonly [value: string, status: number][] = [
  [ETAG, 206],
  [`W/${ETAG}`, 200],
  ['"x"', 200],
  [SAME!, 206],
  [BEFORE!, 200],
  [AFTER!, 200],
  ["yesterday", 200],
];

for (const [value, status] of IF_RANGE) {
  Deno.test(`staticDirs answers ${status} to a range with If-Range ${value}`, async () => {
    const { folder, site } = await createDigits();
    await using _folder = folder;

    const response = await site.get("/digits", { range: "bytes=0-1", "if-range": value });

    assertEquals(
      [response.status, await response.text()],
      status === 206 ? [206, "01"] : [200, "0123456789"],
    );
  });
}

Deno.test("staticDirs ignores the range of a HEAD request, and ranges of an empty file", async () => {
  await using folder = await createFolder({ "digits": "0123456789", "empty": "" });
  const site = await createSite({ staticDirs: [["/", folder.path]] });

  const head = await site.send("/digits", { method: "HEAD", headers: { range: "bytes=0-1" } });
  const empty = await site.get("/empty", { range: "bytes=0-" });

  assertEquals([head.status, head.headers.get("content-length")], [200, "10"]);
  assertEquals([empty.status, empty.headers.get("content-range")], [416, "bytes */0"]);
  await empty.body?.cancel();
});

Deno.test("parseRanges() never leaves the file, and never asks for more than it", () => {
  const bound = fc.oneof(
    fc.nat(30).map(String),
    fc.constantFrom("", "-1", "1.5", " ", "9".repeat(15), "9".repeat(30)),
  );
  const range = fc.tuple(bound, bound).map(([first, last]) => `${first}-${last}`);
  const header = fc.oneof(
    fc.string(),
    fc.array(range, { maxLength: 20 }).map((ranges) => `bytes=${ranges.join(",")}`),
  );

  fc.assert(
    fc.property(header, fc.nat(20), (text, size) => {
      const ranges = parseRanges(text, size) ?? [];
      for (const { start, end } of ranges) assert(0 <= start && start < end && end <= size);
      assert(ranges.reduce((sum, { start, end }) => sum + end - start, 0) <= size);
    }),
    { numRuns: 2_000 },
  );
});

const CODINGS: readonly [header: string | null, names: readonly string[]][] = [
  [null, []],
  ["", []],
  ["gzip", ["gzip"]],
  ["gzip, br", ["br", "gzip"]],
  ["GZIP;Q=1.0, br;q=0.5", ["gzip", "br"]],
  ["br;q=0, *", ["gzip"]],
  ["*;q=0", []],
  ["identity", []],
  ["x-gzip", ["gzip"]],
  ["br;q=2, gzip;q=abc", []],
  ["__proto__, constructor", []],
];

for (const [header, names] of CODINGS) {
  Deno.test(`listAcceptedCodings() reads ${JSON.stringify(header)}`, () => {
    assertEquals(listAcceptedCodings(header).map(({ name }) => name), names);
  });
}

Deno.test("staticDirs sends a compressed neighbour to who takes it", async () => {
  await using folder = await createFolder({
    "a.js": "plain",
    "a.js.br": "brotli",
    "a.js.gz": "gzip",
    "b.js": "plain",
    "b.js.gz": "gzip",
    "c.png": "plain",
    "c.png.br": "brotli",
  });
  const site = await createSite({ staticDirs: [["/", folder.path]] });
  const ask = async (path: string, headers: Record<string, string>) => {
    const response = await site.get(path, headers);
    const { headers: got } = response;
    const type = got.get("content-type");
    return [await response.text(), got.get("content-encoding"), got.get("vary"), type?.split(";", 1)[0]];
  };
  const all = { "accept-encoding": "gzip, deflate, br, zstd" };

  assertEquals(await ask("/a.js", all), ["brotli", "br", "Accept-Encoding", "text/javascript"]);
  assertEquals(await ask("/b.js", all), ["gzip", "gzip", "Accept-Encoding", "text/javascript"]);
  assertEquals(await ask("/a.js", {}), ["plain", null, "Accept-Encoding", "text/javascript"]);
  assertEquals(await ask("/c.png", all), ["plain", null, null, "image/png"]);
  assertEquals(await ask("/a.js", { ...all, range: "bytes=0-1" }), [
    "pl",
    null,
    "Accept-Encoding",
    "text/javascript",
  ]);
});

Deno.test("staticDirs tells the forms of a file apart by their tags", async () => {
  await using folder = await createFolder({ "a.js": "12345", "a.js.br": "12345", "a.js.gz": "12345" });
  const site = await createSite({ staticDirs: [["/", folder.path]] });
  const tagFor = async (coding: string) =>
    (await site.send("/a.js", { method: "HEAD", headers: { "accept-encoding": coding } })).headers.get(
      "etag",
    ) ?? "";

  const tags = [await tagFor("identity"), await tagFor("br"), await tagFor("gzip")];
  const again = await site.get("/a.js", { "accept-encoding": "br", "if-none-match": tags[0] ?? "" });

  assertEquals(new Set(tags).size, 3);
  assertEquals(again.status, 200);
  await again.body?.cancel();
});

Deno.test("staticDirs sends its own words uncompressed", async () => {
  await using folder = await createFolder({ "a.js": "plain", "a.js.br": "brotli" });
  const site = await createSite({ staticDirs: [["/", folder.path]] });

  const response = await site.get("/a.js", { "accept-encoding": "br", "if-match": '"other"' });

  assertEquals([response.status, response.headers.get("content-encoding")], [412, null]);
  assertEquals(await response.text(), "Precondition Failed\n");
});

Deno.test("staticDirs leaves compressed neighbours alone without `precompressed`", async () => {
  await using folder = await createFolder({ "a.js": "plain", "a.js.br": "brotli" });
  const site = await createSite({ staticDirs: [["/", folder.path, { precompressed: false }]] });

  const response = await site.get("/a.js", { "accept-encoding": "br" });

  assertEquals([await response.text(), response.headers.get("vary")], ["plain", null]);
});

Deno.test("staticDirs sends bytes as they are", async () => {
  const bytes = Buffer.from(Array.from({ length: 600_000 }, (_, index) => (index * 7 + (index >> 8)) & 255));
  await using folder = await createFolder({ "large.bin": bytes });
  const site = await createSite({ staticDirs: [["/", folder.path]] });

  const read = async (headers: Record<string, string>) =>
    new Uint8Array(await (await site.get("/large.bin", headers)).arrayBuffer());

  const whole = await read({});
  const part = await read({ range: "bytes=65530-540000" });

  assertEquals(Buffer.compare(whole, bytes), 0);
  assertEquals(Buffer.compare(part, bytes.subarray(65_530, 540_001)), 0);
});
