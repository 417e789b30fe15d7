/**
 * Serves HTTP on the runtime that this runs on.
 *
 * @module
 */
import type { HttpService, Listener, ListenOptions } from "./http_service.ts";
import { IS_DENO, writeErrorLine } from "./process.ts";
import { ReportedError } from "./response_stream.ts";

/** A service that may send streams. */
export interface StreamingService extends HttpService {
  /** Resolves when it makes and sends nothing but answers of the endpoint; `undefined` when that is so now. */
  untilIdle?(): Promise<void> | undefined;
}

/**
 * Begins to listen.
 *
 * @param service Answers the requests.
 * @param options Where to listen.
 * @returns The socket, which accepts requests.
 * @throws {ListenError} when the address can not be listened on.
 */
export async function listen(service: StreamingService, options: ListenOptions): Promise<Listener> {
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

/** Listens on Deno, which cuts connections at once, or never. */
function listenOnDeno(service: StreamingService, options: ListenOptions): Listener {
  const { host: hostname, port } = options;
  // It would print where it listens; the service reports that by itself.
  const onListen = () => {};
  let isLate = false;
  const answer = (request: Request) => isLate ? service.refuseLate() : service.fetch(request);
  const cut = new AbortController();
  const { signal } = cut;
  const server = Deno.serve({ hostname, port, onListen, onError: reportStreamError, signal }, answer);
  let isShuttingDown = false;
  return {
    port: server.addr.port,
    async drain(lingerMs) {
      isLate = lingerMs > 0;
      if (isLate) await new Promise((resolve) => setTimeout(resolve, lingerMs));
      // Once `shutdown()` has begun, no connection can be cut: it waits for a client that has stopped reading, and
      // keeps the process alive, and the signal only throws. So it begins when nothing of that kind is open.
      const busy = service.untilIdle?.();
      if (busy !== undefined) {
        isLate = true;
        await Promise.race([busy, new Promise((resolve) => signal.addEventListener("abort", resolve))]);
      }
      if (signal.aborted) return await server.finished;
      isShuttingDown = true;
      await server.shutdown();
    },
    // What can not be cut by now: a response without a stream, larger than what the connection holds, to a client
    // that does not read it. It keeps the process alive until that client goes on, or away.
    destroy: () => isShuttingDown ? undefined : cut.abort(),
  };
}

/** A stream may fail when its response has begun; most failures have been logged where the stream was made. */
function reportStreamError(error: unknown): Response {
  if (!(error instanceof ReportedError)) {
    writeErrorLine(error instanceof Error ? error.stack ?? String(error) : String(error));
  }
  return new Response("Internal Server Error\n", { status: 500 });
}
