/**
 * Answers a GET or HEAD request with a file: conditions, ranges, headers.
 *
 * @module
 */
import { type ByteRange, parseRanges } from "./byte_ranges.ts";
import { checkConditions, createValidators, isSameState, type Validators } from "./conditional.ts";
import { createFileBody } from "./file_body.ts";
import { createPlainResponse } from "./plain_response.ts";
import type { StaticFile } from "./static_file.ts";

/** What is said of a file beside what it says itself. */
export interface FileDescription {
  /** The value of `Content-Type`. */
  readonly mediaType: string;
  /** The value of `Cache-Control`. */
  readonly cacheControl: string;
  /** The value of `Content-Encoding`, when the file is a compressed form of another one. */
  readonly coding?: string | undefined;
  /** A compressed form of it might be sent to others. */
  readonly varies: boolean;
  /** The time, in milliseconds since 1970. */
  readonly nowMs: number;
}

/**
 * Answers with a file. The file is closed when the answer has been read, also when that fails.
 *
 * @param request A GET or HEAD request.
 * @param file The file.
 * @param description What is said of it.
 * @returns The answer: 200, 206, 304, 412 or 416.
 */
export async function respondWithFile(
  request: Request,
  file: StaticFile,
  description: FileDescription,
): Promise<Response> {
  const { headers: asked, method } = request;
  const validators = createValidators(file, description.nowMs, description.coding);
  const common = createCommonHeaders(description, validators);
  const outcome = checkConditions(asked, validators);
  if (outcome !== 200) {
    await file.close();
    return outcome === 412 ? createPlainResponse(412) : new Response(null, { status: 304, headers: common });
  }
  const headers = { ...common, ...createContentHeaders(description) };
  if (method === "HEAD") {
    await file.close();
    return new Response(null, { headers: { ...headers, "content-length": String(file.size) } });
  }
  const ranges = readWish(asked, file.size);
  if (ranges === undefined || !isSameState(asked.get("if-range"), validators)) {
    return await send(file, headers, [{ start: 0, end: file.size }]);
  }
  if (ranges.length > 0) return await sendRanges(file, headers, ranges);
  await file.close();
  return createPlainResponse(416, { "content-range": `bytes */${file.size}` });
}

/** RFC 9110 defines ranges for GET alone (section 14.2). */
function readWish(asked: Headers, size: number): readonly ByteRange[] | undefined {
  const header = asked.get("range");
  return header === null ? undefined : parseRanges(header, size);
}

/** What also goes with a 304, to those who have the content. */
function createCommonHeaders(
  { cacheControl, varies }: FileDescription,
  { etag, lastModifiedMs }: Validators,
): Readonly<Record<string, string>> {
  return {
    "cache-control": cacheControl,
    "etag": etag,
    "last-modified": new Date(lastModifiedMs).toUTCString(),
    ...(varies && { "vary": "Accept-Encoding" }),
  };
}

function createContentHeaders({ mediaType, coding }: FileDescription): ContentHeaders {
  return {
    "accept-ranges": "bytes",
    "content-type": mediaType,
    ...(coding !== undefined && { "content-encoding": coding }),
  };
}

type ContentHeaders = Readonly<Record<string, string>> & { readonly "content-type": string };
type Part = Uint8Array<ArrayBuffer> | ByteRange;

async function send(
  file: StaticFile,
  headers: Readonly<Record<string, string>>,
  parts: readonly Part[],
  status = 200,
): Promise<Response> {
  const length = parts.reduce(
    (sum, part) => sum + (part instanceof Uint8Array ? part.length : part.end - part.start),
    0,
  );
  const body = await createFileBody(file, parts);
  return new Response(body, { status, headers: { ...headers, "content-length": String(length) } });
}

/** One part stands for itself; several are wrapped as `multipart/byteranges` (RFC 9110, section 14.6). */
function sendRanges(
  file: StaticFile,
  headers: ContentHeaders,
  ranges: readonly ByteRange[],
): Promise<Response> {
  const toContentRange = ({ start, end }: ByteRange) => `bytes ${start}-${end - 1}/${file.size}`;
  const [only] = ranges;
  if (ranges.length === 1 && only !== undefined) {
    return send(file, { ...headers, "content-range": toContentRange(only) }, ranges, 206);
  }
  const boundary = crypto.randomUUID();
  const encoder = new TextEncoder();
  const parts = ranges.flatMap((range): Part[] => [
    encoder.encode(
      `\r\n--${boundary}\r\nContent-Type: ${headers["content-type"]}\r\nContent-Range: ${
        toContentRange(range)
      }\r\n\r\n`,
    ),
    range,
  ]);
  const own = { "content-type": `multipart/byteranges; boundary=${boundary}` };
  return send(file, { ...headers, ...own }, [...parts, encoder.encode(`\r\n--${boundary}--\r\n`)], 206);
}
