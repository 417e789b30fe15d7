/**
 * Serves HTTP on Deno.
 *
 * @module
 */
import type { HttpService, Listener, ListenOptions } from "./listen.ts";
import { toListenError } from "./listen_error.ts";

/**
 * Begins to listen on Deno.
 *
 * @param service Answers the requests.
 * @param options Where to listen.
 * @returns The socket, which accepts requests.
 * @throws {ListenError} when the address can not be listened on.
 */
export function listenOnDeno(service: HttpService, options: ListenOptions): Listener {
  let server: Deno.HttpServer<Deno.NetAddr>;
  try {
    server = Deno.serve({
      hostname: options.host,
      port: options.port,
      // It would print; the service reports by itself.
      onListen: () => {},
    }, service.fetch);
  } catch (cause) {
    throw toListenError(cause, options);
  }
  return {
    port: server.addr.port,
    drain: () => server.shutdown(),
    // A request that hangs can not be cut off here; it must not keep the process alive.
    destroy: () => server.unref(),
  };
}
