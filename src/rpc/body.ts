/**
 * Reads a body of unknown length within a limit.
 *
 * @module
 */

/**
 * Decodes a body as UTF-8 (what is not becomes U+FFFD, as the Fetch standard does it) and as JSON.
 *
 * @param request The request.
 * @param maxBytes The most that is read and kept, in bytes.
 * @returns The decoded value.
 * @throws {RangeError} when the body goes on past the limit; the rest is not read.
 * @throws {SyntaxError} when the body is not JSON.
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const reader = request.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > maxBytes) {
      // Whether the sender takes notice does not matter: nothing more is read.
      reader.cancel().catch(() => {});
      throw new RangeError(`Cannot read a body of more than ${maxBytes} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
  return JSON.parse(text + decoder.decode());
}
