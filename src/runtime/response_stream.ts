/**
 * Whether the body of a response is a stream, and what a runtime is told when one fails.
 *
 * @module
 */
import { IS_DENO } from "./process.ts";

/** What a stream fails with when its failure has been logged: nobody needs to do it again. */
export class ReportedError extends Error {
  /** @param cause What the stream failed with. */
  constructor(cause: unknown) {
    super("The body of a response has failed", { cause });
    this.name = "ReportedError";
  }
}

/** The member of Deno's own response object that is looked at here. */
interface DenoInnerResponse {
  /** Null for none, and for some that are whole. */
  readonly body?: { readonly streamOrStatic?: unknown } | null;
}

/**
 * Says whether a response has a body that is a stream.
 *
 * On Deno the mere look at `body` makes a stream of one that is not, which then is sent in chunks, without its
 * length. So this looks where the runtime looks, which is no public interface: where it is not found, as on another
 * version, the answer is no. On Node the body always is a stream.
 *
 * @param response A response whose body has not been read.
 * @returns Whether its body can fail, or go on without end.
 */
export function isStreamed(response: Response): boolean {
  if (!IS_DENO) return response.body !== null;
  const key = Object.getOwnPropertySymbols(response).find(({ description }) => description === "response");
  if (key === undefined) return false;
  const inner = (response as unknown as Record<symbol, DenoInnerResponse | undefined>)[key];
  return inner?.body?.streamOrStatic instanceof ReadableStream;
}
