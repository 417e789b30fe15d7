/**
 * What a hand-made server on Node checks before it reads a body.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isJsonType, JSON_TYPE, MAX_BODY_BYTES } from "./json_rpc_checks.ts";

/** Checks path, verb, media type and declared length; returns the status for a request that fails one, else 0. */
export function checkHead(request: IncomingMessage): number {
  const url = request.url as string;
  if (url !== "/api" && !url.startsWith("/api?")) return 404;
  if (request.method !== "POST") return 405;
  const headers = request.headers;
  if (!isJsonType(headers["content-type"])) return 415;
  const length = headers["content-length"];
  return length === undefined || +length <= MAX_BODY_BYTES ? 0 : 413;
}

/** Reads a body up to the limit and hands it on as text. */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  handOn: (response: ServerResponse, text: string) => void,
): void {
  let first: Buffer | undefined;
  let rest: Buffer[] | undefined;
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return refuse(request, response, 413);
    // Nearly every body is one chunk, which then needs no array and no copy.
    if (first === undefined) first = chunk;
    else (rest ??= [first]).push(chunk);
  });
  request.on("end", () => {
    if (size > MAX_BODY_BYTES) return;
    handOn(response, rest === undefined ? first?.toString() ?? "" : Buffer.concat(rest).toString());
  });
}

/** Answers with JSON, or with nothing to a notification. */
export function send(response: ServerResponse, text: string | undefined): void {
  if (text === undefined) {
    response.writeHead(204);
    response.end();
  } else {
    response.writeHead(200, { "content-type": JSON_TYPE, "content-length": Buffer.byteLength(text) });
    response.end(text);
  }
}

/** Answers a request that failed a check. */
export function refuse(request: IncomingMessage, response: ServerResponse, status: number): void {
  if (response.headersSent) return;
  request.resume();
  response.writeHead(status, { "content-length": 0 });
  response.end();
}
