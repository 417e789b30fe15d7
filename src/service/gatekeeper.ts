/**
 * Who decides about callers.
 *
 * @module
 */
import type { Logger } from "../logger.ts";
import type { RequestContext } from "../rpc/context.ts";

/** Decides about callers; that of the base class lets nobody in. */
export interface Gatekeeper {
  /** Returns who is calling; `undefined` and its like for nobody who may. */
  authenticateRequest(context: RequestContext): unknown;
  /** Whether a token may be used. */
  apiTokenIsValid(token: string): boolean | Promise<boolean>;
}

/**
 * Warns of private methods that nobody can call, most likely by mistake: who calls them learns only that it is denied.
 *
 * @param names The private methods; one at least.
 * @param service The service.
 * @param closed What decides about callers when the service does not.
 */
export function warnOfClosed(
  names: readonly string[],
  service: Gatekeeper & { readonly logger: Logger },
  closed: Gatekeeper,
): void {
  const { authenticateRequest, apiTokenIsValid } = service;
  if (authenticateRequest !== closed.authenticateRequest || apiTokenIsValid !== closed.apiTokenIsValid) {
    return;
  }
  service.logger.warn(
    `Nobody can call ${
      names.join(", ")
    }: private, but neither apiTokenIsValid nor authenticateRequest is overridden`,
  );
}
