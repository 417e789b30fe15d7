/**
 * Bytes to lines.
 *
 * @module
 */

/** Cuts a byte stream into lines of text without their line feed; text after the last one is dropped. */
export class TextLineStream extends TransformStream<Uint8Array, string> {
  /** Makes a stream to pipe through. */
  constructor() {
    const decoder = new TextDecoder();
    let rest = "";
    super({
      transform: (chunk, controller) => {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) controller.enqueue(line);
      },
    });
  }
}
