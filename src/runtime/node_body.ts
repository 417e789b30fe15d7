/**
 * Reads the body of an answer on Node, within bounds.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";
import type { Transform } from "node:stream";

/** What unpacks: `node:zlib`. */
export type Unpackers = Record<"createGunzip" | "createBrotliDecompress", () => Transform>;

/**
 * Reads a body to its end. The connection ends with it when there is anything behind it that nobody waits for.
 *
 * @param response The answer.
 * @param maxBytes The bytes that it may have, unpacked.
 * @param loadUnpackers Called when it is packed.
 * @returns The text, decoded as the Fetch standard does; `undefined` when it has more bytes. Rejects when it is cut
 * short or can not be unpacked.
 */
export function readNodeBody(
  response: IncomingMessage,
  maxBytes: number,
  loadUnpackers: () => Unpackers,
): Promise<string | undefined> {
  const unpacker = createUnpacker(response.headers["content-encoding"], loadUnpackers);
  const reading = unpacker === undefined
    ? readText(response, maxBytes)
    : readText(response.pipe(unpacker), maxBytes, response);
  return reading.finally(() => {
    unpacker?.destroy();
    if (!response.readableEnded) response.destroy();
  });
}

/** What the `fetch` of Deno unpacks, too. */
function createUnpacker(encoding: string | undefined, load: () => Unpackers): Transform | undefined {
  switch (encoding?.toLowerCase()) {
    case "gzip":
    case "x-gzip":
      return load().createGunzip();
    case "br":
      return load().createBrotliDecompress();
    default:
      return undefined;
  }
}

/** Reads what arrives, or what is made of the packed bytes that arrive. */
function readText(
  body: IncomingMessage | Transform,
  maxBytes: number,
  packed?: IncomingMessage,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const decoder = new TextDecoder();
    let text = "";
    let size = 0;
    body.on("data", (part: Uint8Array) => {
      size += part.byteLength;
      if (size > maxBytes) return resolve(undefined);
      try {
        text += decoder.decode(part, { stream: true });
      } catch (error) {
        // No text can be so long.
        reject(error);
      }
    });
    body.once("end", () => resolve(text + decoder.decode()));
    body.on("error", reject);
    if (packed === undefined) return;
    // An answer without a body may be called packed, but is nothing to unpack.
    let isEmpty = true;
    packed.once("data", () => isEmpty = false);
    packed.once("end", () => isEmpty && resolve(""));
    packed.on("error", reject);
  });
}
