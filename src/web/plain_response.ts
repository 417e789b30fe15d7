/**
 * The short answers that the service itself gives, and what is done to the answers of others.
 *
 * @module
 */

const REASONS: ReadonlyMap<number, string> = new Map([
  [400, "Bad Request"],
  [403, "Forbidden"],
  [404, "Not Found"],
  [405, "Method Not Allowed"],
  [412, "Precondition Failed"],
  [413, "Content Too Large"],
  [416, "Range Not Satisfiable"],
  [426, "Upgrade Required"],
  [500, "Internal Server Error"],
  [503, "Service Unavailable"],
]);

/**
 * Makes a short answer: the reason of its status as plain text.
 *
 * @param status The HTTP status code.
 * @param headers Further headers.
 * @param details A second line.
 * @returns The answer.
 */
export function createPlainResponse(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  details?: string,
): Response {
  const text = [REASONS.get(status) ?? String(status), ...(details === undefined ? [] : [details])].join(
    "\n",
  );
  return new Response(`${text}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  });
}

/** A response of a protocol that the connection has been switched to: it must reach the runtime untouched. */
export function isUpgrade(response: Response): boolean {
  return response.status === 101;
}

/**
 * Copies a response with other headers; its body is handed over.
 *
 * @param response The response. It may be one that a handler gives to several requests, so it stays as it is.
 * @param change Changes the headers of the copy.
 * @param body Takes the place of its body. @default {the same}
 * @returns The copy.
 */
export function copyWithHeaders(
  response: Response,
  change: (headers: Headers) => void,
  body: BodyInit | null = response.body,
): Response {
  const { status, statusText, headers } = response;
  const copy = new Response(body, { status, statusText, headers });
  change(copy.headers);
  return copy;
}

/**
 * Takes the body off the answer to a HEAD request (RFC 9110, section 9.3.2).
 *
 * @param response The answer that GET would get.
 * @returns The same head.
 */
export function withoutBody(response: Response): Response {
  const { body, status, statusText, headers } = response;
  if (body === null) return response;
  // Whoever makes the body must not wait for a reader; that it can not be stopped changes nothing.
  body.cancel().catch(() => {});
  return new Response(null, { status, statusText, headers });
}
