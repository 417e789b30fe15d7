/**
 * Says why there is no connection, from the errors of sockets, TLS and amqplib.
 *
 * @module
 */
import { AmqpConnectError } from "./driver.ts";

/**
 * Describes a failed attempt to connect.
 *
 * @param error The error of the socket or the library.
 * @returns What happened and, where it helps, what to do.
 */
export function toConnectError(error: unknown): AmqpConnectError {
  if (error instanceof AmqpConnectError) return error;
  const text = describe(error);
  if (text.includes("403 (ACCESS-REFUSED)")) {
    return new AmqpConnectError("The broker refuses user or password (403 ACCESS_REFUSED)", {
      isFinal: true,
      cause: error,
    });
  }
  if (text.startsWith("Expected ConnectionOpenOk")) {
    // The library does not show what the broker said, which may also be that it is about to stop.
    return new AmqpConnectError(
      "The broker refuses the virtual host: it must exist, and the user may use it",
      {
        isFinal: false,
        cause: error,
      },
    );
  }
  if (isTlsError(error, text)) {
    return new AmqpConnectError(`TLS failed: ${text}`, { isFinal: true, cause: error });
  }
  return new AmqpConnectError(text, { isFinal: false, cause: error });
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
