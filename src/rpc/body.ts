/**
 * Reads the body of a request within limits of size and time.
 *
 * @module
 */
import type { Deadlines } from "./deadlines.ts";
import { CUT_SHORT, type HttpRefusal, TOO_LARGE, TOO_SLOW } from "./http_head.ts";

/** The limits of a body. */
export interface BodyLimits {
  /** The most that is read and kept, in bytes. */
  readonly maxBytes: number;
  /** How long it may take to arrive, in milliseconds. */
  readonly timeoutMs: number;
  /** Keeps the time. */
  readonly deadlines: Deadlines;
}

/**
 * Reads a body as text. It is decoded as the Fetch standard does it: a byte order mark in front is dropped,
 * what is not UTF-8 becomes U+FFFD.
 *
 * @param request The request.
 * @param limits Where to stop.
 * @returns The text, or why there is none; the rest of the body is not read then. Never rejects.
 */
export async function readText(request: Request, limits: BodyLimits): Promise<string | HttpRefusal> {
  if (request.body === null) return "";
  const reader = request.body.getReader();
  let refusal: HttpRefusal | undefined;
  const refuse = (why: HttpRefusal) => {
    refusal = why;
    // Ends the read under way; whether the sender takes notice does not matter.
    reader.cancel().catch(() => {});
  };
  const deadline = limits.deadlines.start(limits.timeoutMs, () => refuse(TOO_SLOW));
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || refusal !== undefined) return refusal ?? text + decoder.decode();
      size += value.byteLength;
      if (size > limits.maxBytes) refuse(TOO_LARGE);
      else text += decoder.decode(value, { stream: true });
    }
  } catch {
    // The connection broke, or was ended by the refusal.
    return refusal ?? CUT_SHORT;
  } finally {
    deadline.cancel();
  }
}
