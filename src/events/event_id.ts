/**
 * Ids of events: UUIDs of version 7 (RFC 9562, section 5.7), so that they sort by time.
 *
 * @module
 */

/**
 * Makes an id.
 *
 * @param timeMs The time that it sorts by, in milliseconds since 1970: 0 to 2 ** 48 - 1.
 * @returns A UUID of version 7.
 */
export function createEventId(timeMs: number): string {
  const time = Math.floor(timeMs);
  // Small numbers are written in a fraction of the time that one large number takes.
  const high = Math.floor(time / 2 ** 16).toString(16).padStart(8, "0");
  const low = (time % 2 ** 16).toString(16).padStart(4, "0");
  // A UUID of version 4 has its random bits, and the variant, in the same places.
  return `${high}-${low}-7${crypto.randomUUID().slice(15)}`;
}
