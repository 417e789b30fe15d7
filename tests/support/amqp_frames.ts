/** The frames of AMQP 0-9-1, as far as a scripted server needs them. */
import { Buffer } from "node:buffer";

/** The kinds of frames. */
export const FRAME = { method: 1, header: 2, body: 3, heartbeat: 8 } as const;
const FRAME_END = 0xce;

/** A frame. */
export interface Frame {
  readonly kind: number;
  readonly channel: number;
  readonly payload: Buffer;
}

/** Writes a frame. */
export function toFrame(kind: number, channel: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(7);
  head.writeUInt8(kind, 0);
  head.writeUInt16BE(channel, 1);
  head.writeUInt32BE(payload.length, 3);
  return Buffer.concat([head, payload, Buffer.from([FRAME_END])]);
}

/** Takes the first frame off the bytes; `undefined` when there is no complete one. */
export function takeFrame(bytes: Buffer): { frame: Frame; rest: Buffer } | undefined {
  if (bytes.length < 8) return undefined;
  const end = 7 + bytes.readUInt32BE(3);
  if (bytes.length <= end) return undefined;
  if (bytes[end] !== FRAME_END) throw new Error(`Cannot read a frame that ends with ${bytes[end]}`);
  const frame = { kind: bytes[0]!, channel: bytes.readUInt16BE(1), payload: bytes.subarray(7, end) };
  return { frame, rest: bytes.subarray(end + 1) };
}

/** Collects the fields of a method or header. */
export class FieldWriter {
  readonly #parts: Uint8Array[] = [];

  /** An integer of 1, 2, 4 or 8 bytes. */
  int(bytes: 1 | 2 | 4 | 8, value: number): this {
    const part = Buffer.alloc(bytes);
    if (bytes === 8) part.writeBigUInt64BE(BigInt(value));
    else part.writeUIntBE(value, 0, bytes);
    return this.raw(part);
  }

  /** A text with a length of one byte. */
  short(text: string): this {
    const bytes = Buffer.from(text);
    return this.int(1, bytes.length).raw(bytes);
  }

  /** A text, or bytes, with a length of four bytes. */
  long(value: string | Uint8Array): this {
    const bytes = typeof value === "string" ? Buffer.from(value) : value;
    return this.int(4, bytes.length).raw(bytes);
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    return this;
  }

  /** What has been written. */
  get bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** Takes fields off a method or header. */
export class FieldReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** An integer of 1, 2, 4 or 8 bytes. */
  int(bytes: 1 | 2 | 4 | 8): number {
    const at = this.#position;
    this.#position += bytes;
    return bytes === 8 ? Number(this.#bytes.readBigUInt64BE(at)) : this.#bytes.readUIntBE(at, bytes);
  }

  /** A text with a length of one byte. */
  short(): string {
    return this.#take(this.int(1)).toString();
  }

  /** Bytes with a length of four bytes: a long text, or a table. */
  long(): Buffer {
    return this.#take(this.int(4));
  }

  #take(length: number): Buffer {
    this.#position += length;
    return this.#bytes.subarray(this.#position - length, this.#position);
  }
}

/** The properties of a message in the order of their flags, from bit 15 down, with how to step over each. */
const PROPERTIES: readonly [name: string, read: (reader: FieldReader) => unknown][] = [
  ["contentType", (reader) => reader.short()],
  ["contentEncoding", (reader) => reader.short()],
  ["headers", (reader) => reader.long()],
  ["deliveryMode", (reader) => reader.int(1)],
  ["priority", (reader) => reader.int(1)],
  ["correlationId", (reader) => reader.short()],
  ["replyTo", (reader) => reader.short()],
  ["expiration", (reader) => reader.short()],
  ["messageId", (reader) => reader.short()],
  ["timestamp", (reader) => reader.int(8)],
  ["type", (reader) => reader.short()],
];

/** Reads a content header. */
export function readContentHeader(payload: Buffer): { size: number; properties: Map<string, unknown> } {
  const reader = new FieldReader(payload);
  // The class, and a weight that is always 0.
  reader.int(4);
  const size = reader.int(8);
  const flags = reader.int(2);
  const properties = new Map<string, unknown>();
  PROPERTIES.forEach(([name, read], index) => {
    if ((flags & (1 << (15 - index))) !== 0) properties.set(name, read(reader));
  });
  return { size, properties };
}

/** Writes a content header of class basic without properties. */
export function toContentHeader(size: number): Buffer {
  return new FieldWriter().int(2, 60).int(2, 0).int(8, size).int(2, 0).bytes;
}
