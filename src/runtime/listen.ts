/**
 * Serves HTTP on the runtime that this runs on.
 *
 * @module
 */
import type { HttpService, Listener, ListenOptions } from "./http_service.ts";
import { IS_DENO } from "./process.ts";

/**
 * Begins to listen.
 *
 * @param service Answers the requests.
 * @param options Where to listen.
 * @returns The socket, which accepts requests.
 * @throws {ListenError} when the address can not be listened on.
 */
export async function listen(service: HttpService, options: ListenOptions): Promise<Listener> {
  try {
    if (IS_DENO) return listenOnDeno(service, options);
    const { listenOnNode } = await import("./listen_node.ts");
    return await listenOnNode(service, options);
  } catch (cause) {
    const { toListenError } = await import("./listen_error.ts");
    throw toListenError(cause, options);
  }
}

/** The member of Deno's own request object that is called here. */
interface DenoInnerRequest {
  /** Takes the body, decoded as UTF-8; null when it is not all there yet, and then nothing has changed. */
  readonly consumeTextBody?: () => unknown;
}

/**
 * Returns a function that takes the text of a body at once when it has arrived.
 *
 * On Deno only `Request.json()` has a fast way to a body. It refuses a byte order mark, which the Fetch standard
 * wants ignored, and the body is gone then; `Request.text()` costs an eighth more CPU for a whole call. So this
 * takes the text where `json()` takes it, which is no public interface: where it is not found, as on another
 * version, the answer is `undefined`, and the caller reads the body by the standard.
 *
 * @returns The function; `undefined` on runtimes without one.
 */
export function getTextTaker(): ((request: Request) => string | undefined) | undefined {
  if (!IS_DENO) return undefined;
  let key: symbol | undefined;
  return (request) => {
    key ??= Object.getOwnPropertySymbols(request).find(({ description }) => description === "request");
    if (key === undefined) return undefined;
    const inner = (request as unknown as Record<symbol, DenoInnerRequest | undefined>)[key];
    const text = inner?.consumeTextBody?.();
    return typeof text === "string" ? text : undefined;
  };
}

function listenOnDeno(service: HttpService, options: ListenOptions): Listener {
  // It would print where it listens; the service reports that by itself.
  const onListen = () => {};
  const server = Deno.serve({ hostname: options.host, port: options.port, onListen }, service.fetch);
  return {
    port: server.addr.port,
    drain: () => server.shutdown(),
    // A request that hangs can not be cut off here; it must not keep the process alive.
    destroy: () => server.unref(),
  };
}
