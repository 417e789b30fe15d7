/**
 * The difference between "nobody knows" and "those who could be asked do not know".
 *
 * @module
 */
import { type GemstoneErrorCode, ServiceNotFoundError } from "../errors.ts";

const NOT_FOUND: GemstoneErrorCode = "ERR_SERVICE_NOT_FOUND";

/**
 * Makes the error of a search that did not reach everybody, while nobody else knows the service.
 *
 * @param pattern What was looked for.
 * @param message Who could not be asked, and why.
 * @param failures Why, one each.
 * @returns The error; its `cause` is an `AggregateError`, by which {@linkcode isPartial} tells it from an honest one.
 */
export function createPartialNotFound(
  pattern: string,
  message: string,
  failures: readonly unknown[],
): ServiceNotFoundError {
  const cause = new AggregateError(failures, "Not everybody could be asked");
  return new ServiceNotFoundError(pattern, message, { cause });
}

/**
 * Says whether an error says that a service is known to nobody who could be asked.
 *
 * @param error Anything.
 * @returns Whether it is a `ServiceNotFoundError`, perhaps of another copy of the package.
 */
export function isNotFound(error: unknown): error is Error {
  return error instanceof Error && (error as { readonly code?: unknown }).code === NOT_FOUND;
}

/**
 * Says whether such an error leaves it open that somebody else knows the service.
 *
 * @param error Anything.
 * @returns Whether not everybody could be asked.
 */
export function isPartial(error: unknown): error is Error {
  return isNotFound(error) && error.cause !== undefined;
}
