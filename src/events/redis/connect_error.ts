/**
 * Says why there is no connection, from the errors of sockets, TLS and Redis.
 *
 * @module
 */

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
  const text = describe(error);
  if (REFUSAL.test(text)) {
    return new RedisConnectError(`Redis refuses user, password or database: ${text}`, {
      isFinal: true,
      cause: error,
    });
  }
  if (isTlsError(error, text)) {
    return new RedisConnectError(`TLS failed: ${text}`, { isFinal: true, cause: error });
  }
  return new RedisConnectError(text, { isFinal: false, cause: error });
}

/** The codes of OpenSSL and Node for what is wrong with a certificate or a handshake. */
const TLS_CODE =
  /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|CRL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|INVALID_CA|EPROTO|HOSTNAME_MISMATCH)/;

function isTlsError(error: unknown, text: string): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === "string" && TLS_CODE.test(code) || /certificate|\bTLS\b|\bSSL\b/i.test(text);
}

function describe(error: unknown): string {
  // What `node:net` makes of a host with several addresses; it has no text of its own.
  if (error instanceof AggregateError) return error.errors.map(describe).join(", ");
  return error instanceof Error && error.message !== "" ? error.message : String(error);
}
