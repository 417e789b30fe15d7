/**
 * Says why there is no connection, from the errors of sockets, TLS and Redis.
 *
 * @module
 */
import { describeSocketError, isForbidden, isTlsError } from "../socket_error.ts";

/** A failed attempt to connect. */
export class RedisConnectError extends Error {
  /** Whether another attempt can not help: the password, the database or the certificate is wrong. */
  readonly isFinal: boolean;

  /**
   * Creates the error of a failed attempt.
   *
   * @param message What happened, without address and password.
   * @param options `isFinal`: whether another attempt can not help; `cause`: the error behind this one.
   */
  constructor(message: string, { isFinal, ...options }: ErrorOptions & { readonly isFinal: boolean }) {
    super(message, options);
    this.name = "RedisConnectError";
    this.isFinal = isFinal;
  }
}

/** What Redis answers to somebody whom it does not let in, or who asks for a database that it does not have. */
const REFUSAL = /^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH |ERR invalid password|ERR Client sent AUTH|ERR DB index)/;

/**
 * Describes a failed attempt to connect.
 *
 * @param error The error of the socket, the library or Redis.
 * @returns What happened.
 */
export function toConnectError(error: unknown): RedisConnectError {
  if (error instanceof RedisConnectError) return error;
  const text = describeSocketError(error);
  if (REFUSAL.test(text)) {
    return new RedisConnectError(`Redis refuses user, password or database: ${text}`, {
      isFinal: true,
      cause: error,
    });
  }
  if (isTlsError(error, text)) {
    return new RedisConnectError(`TLS failed: ${text}`, { isFinal: true, cause: error });
  }
  return new RedisConnectError(text, { isFinal: isForbidden(error), cause: error });
}
