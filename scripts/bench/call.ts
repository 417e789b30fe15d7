/**
 * The call that is measured.
 *
 * @module
 */

/** The body of the request. */
export const CALL = '{"jsonrpc":"2.0","method":"say_hello","params":{"name":"world"},"id":1}';

/** The body of the answer. */
export const ANSWER = '{"jsonrpc":"2.0","result":"hello world","id":1}';

/** A batch of such calls, with the ids 1 to `size`. */
export function batchOf(size: number): string {
  const call = JSON.parse(CALL);
  return JSON.stringify(Array.from({ length: size }, (_, index) => ({ ...call, id: index + 1 })));
}
