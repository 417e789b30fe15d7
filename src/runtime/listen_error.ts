/**
 * Why an address can not be listened on, in words that say what to do.
 *
 * @module
 */
import { ListenError } from "../errors.ts";
import type { ListenOptions } from "./http_service.ts";

/**
 * Describes a failure to listen.
 *
 * @param cause What the runtime threw.
 * @param options The address.
 * @returns The error to throw.
 */
export function toListenError(cause: unknown, { host, port }: ListenOptions): ListenError {
  return new ListenError(`Cannot listen on ${host}:${port}: ${describe(cause, host, port)}`, { cause });
}

function describe(cause: unknown, host: string, port: number): string {
  const code = (cause as { code?: unknown } | null)?.code;
  if (code === "EADDRINUSE") return "the port is in use, choose another or 0 for a free one";
  if (code === "EACCES") return `this user may not listen on port ${port}, choose one above 1023`;
  if (code === "EADDRNOTAVAIL") return `"${host}" is no address of this machine, use 127.0.0.1 or 0.0.0.0`;
  const message = cause instanceof Error ? cause.message : String(cause);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN" || /lookup|empty host/.test(message)) {
    return `"${host}" does not resolve to an address, use 127.0.0.1 or 0.0.0.0`;
  }
  return message;
}
