/**
 * Sends parts of a file with little memory, and closes the file afterwards.
 *
 * @module
 */
import type { ByteRange } from "./byte_ranges.ts";
import type { StaticFile } from "./static_file.ts";

/** What is read at once, in bytes. */
const CHUNK_BYTES = 262_144;

/**
 * Makes a body of parts of a file. The file is closed when all is read, when the reader cancels, and when
 * reading fails.
 *
 * @param file The file.
 * @param parts What is sent: bytes as they are, and ranges of the file.
 * @returns The body. It fails when the file has become shorter, so that nobody takes the rest for the whole.
 */
export async function createFileBody(
  file: StaticFile,
  parts: readonly (Uint8Array<ArrayBuffer> | ByteRange)[],
): Promise<BodyInit> {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && !isBytes(only) && only.end - only.start <= CHUNK_BYTES) {
    // A small one needs no stream, and leaves no file open for a reader who never comes.
    return await readWhole(file, only);
  }
  const chunks = readChunks(file, parts);
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (!done) return controller.enqueue(value);
      await file.close();
      controller.close();
    },
    async cancel() {
      // Not by way of the generator, which would wait for a read that is under way.
      await file.close();
    },
  }, { highWaterMark: 0 });
}

async function* readChunks(
  file: StaticFile,
  parts: readonly (Uint8Array<ArrayBuffer> | ByteRange)[],
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  try {
    for (const part of parts) {
      if (isBytes(part)) yield part;
      else yield* readRange(file, part);
    }
  } finally {
    await file.close();
  }
}

async function* readRange(
  file: StaticFile,
  { start, end }: ByteRange,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  let position = start;
  while (position < end) {
    const chunk = await file.read(position, Math.min(CHUNK_BYTES, end - position));
    if (chunk.length === 0) throw new Error(`The file ends at byte ${position}, but ${end} were promised`);
    position += chunk.length;
    yield chunk;
  }
}

async function readWhole(file: StaticFile, range: ByteRange): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(range.end - range.start);
  let position = 0;
  for await (const chunk of readChunks(file, [range])) {
    bytes.set(chunk, position);
    position += chunk.length;
  }
  return bytes;
}

function isBytes(part: Uint8Array<ArrayBuffer> | ByteRange): part is Uint8Array<ArrayBuffer> {
  return part instanceof Uint8Array;
}
