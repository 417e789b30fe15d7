/**
 * What comes through a pipe.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { UsageError } from "./command.ts";

/** No broker takes a larger event, no service a larger call, and a pipe may never end. */
const MAX_INPUT_BYTES = 512 * 1024 * 1024;

/**
 * Reads standard input to its end.
 *
 * @returns All of it.
 * @throws {UsageError} when it is more than 512 MiB.
 */
export async function readStandardInput(): Promise<Uint8Array> {
  const { stdin } = await import("node:process");
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_INPUT_BYTES) throw new UsageError("standard input is larger than 512 MiB");
  }
  return Buffer.concat(chunks);
}

/**
 * Reads standard input as a text.
 *
 * @param readInput Reads its bytes.
 * @returns The text, without a byte order mark.
 * @throws {UsageError} when it is not UTF-8.
 */
export async function readInputText(readInput: () => Promise<Uint8Array>): Promise<string> {
  const bytes = await readInput();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError("standard input is not UTF-8");
  }
}
