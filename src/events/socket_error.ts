/**
 * What an error says that a socket or TLS has thrown instead of a connection.
 *
 * @module
 */

/**
 * Describes the error.
 *
 * @param error The error.
 * @returns Its text.
 */
export function describeSocketError(error: unknown): string {
  // What `node:net` makes of a host with several addresses; it has no text of its own.
  if (error instanceof AggregateError) return error.errors.map(describeSocketError).join(", ");
  return error instanceof Error && error.message !== "" ? error.message : String(error);
}

/** The codes of OpenSSL and Node for what is wrong with a certificate or a handshake. */
const TLS_CODE =
  /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|CRL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|INVALID_CA|EPROTO|HOSTNAME_MISMATCH)/;

/**
 * Says whether TLS is to blame.
 *
 * @param error The error.
 * @param text Its text.
 * @returns Whether it is about a certificate or a handshake.
 */
export function isTlsError(error: unknown, text: string): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === "string" && TLS_CODE.test(code) || /certificate|\bTLS\b|\bSSL\b/i.test(text);
}

/**
 * Says whether Deno has not been allowed to connect, and so will not be later.
 *
 * @param error The error.
 * @returns Whether the permission is missing.
 */
export function isForbidden(error: unknown): boolean {
  return (error as { readonly name?: unknown } | null)?.name === "NotCapable";
}
