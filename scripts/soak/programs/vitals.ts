/**
 * What a process of the soak can say about itself.
 *
 * @module
 */
import { readdirSync } from "node:fs";
import process from "node:process";

/** What is measured of a process. */
export interface Vitals {
  /** The resident set, as the operating system counts it. */
  readonly rssBytes: number;
  /** What is in use in the heap after a collection of garbage. */
  readonly heapBytes: number;
  /** Open files, sockets and whatever else has a descriptor. */
  readonly descriptors: number;
  /** The longest time for which the event loop was late since it was asked last, in milliseconds. */
  readonly lateMs: number;
}

const BEAT_MS = 20;

/** Measures the process that it is in. The process needs the flag of V8 `--expose-gc`. */
export class VitalSigns {
  #beatAtMs = performance.now();
  #lateMs = 0;

  /** Begins to watch the event loop. */
  constructor() {
    setInterval(() => this.#beat(), BEAT_MS).unref();
  }

  /** Measures; the garbage collection that this makes does not count as lateness. */
  read(): Vitals {
    this.#beat();
    const lateMs = Math.round(this.#lateMs);
    (globalThis as typeof globalThis & { gc(): void }).gc();
    const { rss, heapUsed } = process.memoryUsage();
    const descriptors = countDescriptors();
    this.#lateMs = 0;
    this.#beatAtMs = performance.now();
    return { rssBytes: rss, heapBytes: heapUsed, descriptors, lateMs };
  }

  #beat(): void {
    const nowMs = performance.now();
    this.#lateMs = Math.max(this.#lateMs, nowMs - this.#beatAtMs - BEAT_MS);
    this.#beatAtMs = nowMs;
  }
}

/** One of them is that of the directory itself. */
function countDescriptors(): number {
  return readdirSync("/dev/fd").length - 1;
}
