/**
 * Keeps the bodies of requests within a limit.
 *
 * @module
 */
import { RefusedError } from "./refused.ts";

/**
 * Guards the body of a request.
 *
 * @param request The request.
 * @param maxBytes The most that may be read of it.
 * @returns The request, or a copy of it whose body fails with a {@linkcode RefusedError} beyond the limit.
 * @throws {RefusedError} when the request declares more than the limit.
 */
export function limitBody(request: Request, maxBytes: number): Request {
  const { method, headers } = request;
  // The Fetch standard makes no copy of a TRACE request.
  if (method === "GET" || method === "HEAD" || method === "TRACE") return request;
  const declared = headers.get("content-length");
  // A server holds the sender to what it declares.
  if (declared !== null) {
    if (Number(declared) <= maxBytes) return request;
    throw createRefusal(maxBytes);
  }
  const { body, url, signal } = request;
  if (body === null) return request;
  let size = 0;
  const limit = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      size += chunk.byteLength;
      if (size > maxBytes) throw createRefusal(maxBytes);
      controller.enqueue(chunk);
    },
  });
  // `duplex` is demanded by the Fetch standard for a streamed body, and unknown to some types.
  const init: RequestInit & { duplex: "half" } = { method, headers, signal, duplex: "half" };
  return new Request(url, { ...init, body: body.pipeThrough(limit) });
}

/** The connection ends, so that nobody reads the rest of the body. */
function createRefusal(maxBytes: number): RefusedError {
  return new RefusedError(413, `The body is larger than ${maxBytes} bytes, the limit of the service`, {
    connection: "close",
  });
}
