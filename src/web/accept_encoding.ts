/**
 * Which compressed form of a file a client takes (RFC 9110, section 12.5.3).
 *
 * @module
 */

/** A compressed form of a file that lies beside it. */
export interface ContentCoding {
  /** Its name in `Content-Encoding`. */
  readonly name: string;
  /** What the name of its file has at the end. */
  readonly suffix: string;
}

/** The forms that are looked for, the smaller one first. */
const CODINGS: readonly ContentCoding[] = [{ name: "br", suffix: ".br" }, { name: "gzip", suffix: ".gz" }];

/**
 * Lists the compressed forms that a client takes.
 *
 * @param header Its `Accept-Encoding`; null when it sent none.
 * @returns The forms, those that it likes best first, and the smaller ones first among equals.
 */
export function listAcceptedCodings(header: string | null): readonly ContentCoding[] {
  if (header === null) return [];
  const weights = new Map<string, number>();
  for (const part of header.split(",")) {
    const [name = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
    if (name !== "") weights.set(name, readWeight(parameters));
  }
  const weigh = ({ name }: ContentCoding) =>
    weights.get(name) ?? weights.get(name === "gzip" ? "x-gzip" : name) ?? weights.get("*") ?? 0;
  return CODINGS.filter((coding) => weigh(coding) > 0).sort((a, b) => weigh(b) - weigh(a));
}

function readWeight(parameters: readonly string[]): number {
  const text = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  if (text === undefined) return 1;
  // What is no weight is no wish either.
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Number(text) : 0;
}
