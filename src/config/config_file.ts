/**
 * Reads a configuration file as text.
 *
 * @module
 */
import { ConfigurationValueError } from "../errors.ts";

/** No file of settings is larger; a larger one is the wrong file, or a device that never ends. */
const MAX_CONFIG_FILE_BYTES = 1_048_576;

/** A path from the working directory, or a `file:` URL. */
export type FileName = string | URL;

/**
 * Reads a file of at most {@linkcode MAX_CONFIG_FILE_BYTES} in UTF-8. A byte order mark is dropped.
 *
 * @param fileName The path from the working directory, or a `file:` URL.
 * @returns The text.
 * @throws {ConfigurationValueError} when the file can not be read, is too large or is not UTF-8.
 */
export async function readConfigFile(fileName: FileName): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readStart(fileName, MAX_CONFIG_FILE_BYTES + 1);
  } catch (error) {
    throw fileError(fileName, error instanceof Error ? error.message : String(error), error);
  }
  if (bytes.length > MAX_CONFIG_FILE_BYTES) {
    throw fileError(fileName, `it is larger than ${MAX_CONFIG_FILE_BYTES} bytes`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw fileError(fileName, "it is not UTF-8", error);
  }
}

/**
 * Makes the error for a configuration file that can not be used.
 *
 * @param fileName The path or URL of the file.
 * @param reason What is wrong with it.
 * @param cause The error behind it.
 * @returns The error.
 */
export function fileError(fileName: FileName, reason: string, cause?: unknown): ConfigurationValueError {
  return new ConfigurationValueError(
    `Cannot read configuration file ${JSON.stringify(fileName)}: ${reason}`,
    { cause },
  );
}

/** Reads up to `limit` bytes; the size that the system reports is not asked, a device or pipe has none. */
async function readStart(fileName: FileName, limit: number): Promise<Uint8Array> {
  const { open } = await import("node:fs/promises");
  const file = await open(fileName, "r");
  try {
    const buffer = new Uint8Array(limit);
    let length = 0;
    while (length < limit) {
      const { bytesRead } = await file.read(buffer, length, limit - length, null);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await file.close();
  }
}
