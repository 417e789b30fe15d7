/**
 * Says why there is no connection, from the errors of sockets, TLS and amqplib.
 *
 * @module
 */
import { describeSocketError, isForbidden, isTlsError } from "../socket_error.ts";
import { AmqpConnectError } from "./driver.ts";

/**
 * Describes a failed attempt to connect.
 *
 * @param error The error of the socket or the library.
 * @returns What happened and, where it helps, what to do.
 */
export function toConnectError(error: unknown): AmqpConnectError {
  if (error instanceof AmqpConnectError) return error;
  const text = describeSocketError(error);
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
  return new AmqpConnectError(text, { isFinal: isForbidden(error), cause: error });
}
