/**
 * What a hand-made server on Deno checks before it reads a body.
 *
 * @module
 */
import { isJsonType, MAX_BODY_BYTES } from "./json_rpc_checks.ts";

/**
 * Checks path, verb, media type and declared length.
 *
 * @returns The answer to a request that fails one, else whether the length is declared.
 */
export function checkHead(request: Request): Response | boolean {
  const url = request.url;
  // Behind "http://" and at least one letter of the host.
  const path = url.indexOf("/", 8);
  const end = path + 4;
  if (!url.startsWith("/api", path) || (url.length !== end && url[end] !== "?")) {
    return new Response("Not found", { status: 404 });
  }
  if (request.method !== "POST") return new Response("Method not allowed", { status: 405 });
  const headers = request.headers;
  if (!isJsonType(headers.get("content-type"))) {
    return new Response("Unsupported media type", { status: 415 });
  }
  const length = headers.get("content-length");
  if (length === null) return false;
  return +length <= MAX_BODY_BYTES || new Response("Content too large", { status: 413 });
}

/** Reads a body of undeclared length as JSON; `undefined` when it is over the limit. */
export async function readCounted(request: Request): Promise<unknown> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return JSON.parse(text + decoder.decode());
}
