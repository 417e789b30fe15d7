/**
 * The headers that a method may set on its HTTP response.
 *
 * @module
 */

/** What belongs to the message itself: a wrong one would part it from the next in the wrong place. */
const RESERVED: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "content-type",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
]);

/** A field value of RFC 9110, section 5.5. `Headers` takes more, and a server then fails when it sends it. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Headers that refuse at once what could not be sent. */
export class ResponseHeaders extends Headers {
  /**
   * Adds a value to a header.
   *
   * @param name The name of the header.
   * @param value Its value.
   * @throws {TypeError} when the service sets this header itself, or the value has a control character.
   */
  override append(name: string, value: string): void {
    checkHeader(name, value);
    super.append(name, value);
  }

  /**
   * Sets a header.
   *
   * @param name The name of the header.
   * @param value Its value.
   * @throws {TypeError} when the service sets this header itself, or the value has a control character.
   */
  override set(name: string, value: string): void {
    checkHeader(name, value);
    super.set(name, value);
  }
}

function checkHeader(name: string, value: string): void {
  if (RESERVED.has(name.toLowerCase())) {
    throw new TypeError(`Cannot set the response header "${name}": the service sets it itself`);
  }
  if (!FIELD_VALUE.test(value)) {
    throw new TypeError(
      `Cannot set the response header "${name}": its value has a character that HTTP forbids`,
    );
  }
}
