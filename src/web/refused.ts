/**
 * A request that can not be answered as it is, by no fault of the handler.
 *
 * @module
 */

/** Ends a handler with an answer to its caller. */
export class RefusedError extends Error {
  /** The HTTP status code, 400 to 499, or 503. */
  readonly status: number;
  /** Headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param status The HTTP status code.
   * @param message What is wrong with the request; the caller reads it.
   * @param headers Headers of the answer.
   */
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = "RefusedError";
    this.status = status;
    this.headers = headers;
  }
}
