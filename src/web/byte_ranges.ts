/**
 * Parts of a file by the header `Range` (RFC 9110, section 14).
 *
 * @module
 */

/** Consecutive bytes of a file. */
export interface ByteRange {
  /** The first byte, from 0. */
  readonly start: number;
  /** The byte behind the last one. */
  readonly end: number;
}

/** More parts than that are no honest wish: the whole file is sent. */
const MAX_RANGES = 16;
/** So many digits that no file is that large, and few enough that a number holds them exactly. */
const RANGE = /^(?<first>\d{0,15})-(?<last>\d{0,15})$/;

/**
 * Reads the header.
 *
 * @param header Its value.
 * @param size The size of the file in bytes.
 * @returns The parts in the order of the header; none when the file has none of them (416); `undefined` when the
 * header must be ignored: its syntax or unit is not known, or it asks for more than the file or many parts.
 */
export function parseRanges(header: string, size: number): readonly ByteRange[] | undefined {
  const [, list] = /^bytes=(.*)$/i.exec(header) ?? [];
  if (list === undefined) return undefined;
  const parts = list.split(",").map((part) => part.trim()).filter((part) => part !== "");
  if (parts.length === 0 || parts.length > MAX_RANGES) return undefined;
  const ranges: ByteRange[] = [];
  for (const part of parts) {
    const range = parseRange(part, size);
    if (range === undefined) return undefined;
    if (range.start < range.end) ranges.push(range);
  }
  const total = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  // Parts that overlap would make the answer larger than the file, at no cost for who asks.
  return total > size ? undefined : ranges;
}

/** Returns an empty range for one that the file does not have. */
function parseRange(text: string, size: number): ByteRange | undefined {
  const { first, last } = RANGE.exec(text)?.groups ?? {};
  if (first === undefined || last === undefined || first + last === "") return undefined;
  if (first === "") return { start: Math.max(0, size - Number(last)), end: size };
  if (last !== "" && Number(last) < Number(first)) return undefined;
  return { start: Number(first), end: last === "" ? size : Math.min(size, Number(last) + 1) };
}
