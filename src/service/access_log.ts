/**
 * One log record for each HTTP request.
 *
 * @module
 */
import type { Logger } from "../logger.ts";
import { readPath } from "../web/request_target.ts";

/** Answers requests. */
type Fetch = (request: Request) => Response | Promise<Response>;

/**
 * Makes a handler log each request at level info: verb, path, status and milliseconds. The query is left out,
 * because people put secrets there.
 *
 * @param logger Takes the records.
 * @param fetch The handler.
 * @returns The logging handler.
 */
export function createAccessLog(logger: Logger, fetch: Fetch): Fetch {
  return async (request) => {
    const begin = performance.now();
    const response = await fetch(request);
    const durationMs = Math.round((performance.now() - begin) * 1000) / 1000;
    logger.info(`${request.method} ${readPath(request.url)} ${response.status}`, { durationMs });
    return response;
  };
}
