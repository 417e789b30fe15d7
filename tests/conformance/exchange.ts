/**
 * Sends the request of a case as raw HTTP/1.1: no client may add a header, mend a path or hide a status.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { type IncomingHttpHeaders, request as openRequest } from "node:http";
import type { CaseRequest } from "./case.ts";

/** What came back. */
export interface CaseResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The time from the first byte sent to the last one received, in milliseconds. */
  readonly ms: number;
}

const PATIENCE_MS = 10_000;

/**
 * Sends a request on a connection of its own.
 *
 * @param base The base URL of the service.
 * @param request The request; only Host, Connection and Content-Length are added.
 * @returns The response.
 * @throws {Error} when none comes within ten seconds.
 */
export function exchange(base: string, request: CaseRequest): Promise<CaseResponse> {
  const { hostname, port } = new URL(base);
  const { method, path } = request;
  const body = toBytes(request);
  const headers = { ...request.headers, ...(body && { "content-length": body.length }) };
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const sent = openRequest({ hostname, port, method, path, headers, agent: false }, (response) => {
      const chunks: Uint8Array[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode: status = 0, headers } = response;
        resolve({
          status,
          headers,
          text: Buffer.concat(chunks).toString(),
          ms: performance.now() - startedAt,
        });
      });
    });
    sent.setTimeout(PATIENCE_MS, () => sent.destroy(new Error(`no answer in ${PATIENCE_MS} ms`)));
    sent.on("error", reject);
    sent.end(body);
  });
}

function toBytes({ body, body_base64 }: CaseRequest): Uint8Array | undefined {
  if (body_base64 !== undefined) return Buffer.from(body_base64, "base64");
  if (body === undefined) return undefined;
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}
