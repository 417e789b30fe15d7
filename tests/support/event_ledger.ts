/** Lists of event numbers on the disk: they outlive the process that writes them, and 100,000 take 400 KB. */
import { Buffer } from "node:buffer";
import { closeSync, openSync, readFileSync, statSync, writeSync } from "node:fs";

const ENTRY_BYTES = 4;

/** Writes a ledger. */
export class LedgerWriter {
  readonly #file: number;
  readonly #entry = Buffer.alloc(ENTRY_BYTES);

  /** Opens a file to append to. */
  constructor(path: string) {
    this.#file = openSync(path, "a");
  }

  /** Adds a number; it is with the operating system when this returns. */
  add(number: number): void {
    this.#entry.writeUInt32LE(number);
    writeSync(this.#file, this.#entry);
  }

  /** Closes the file. */
  close(): void {
    closeSync(this.#file);
  }
}

/** What is in a ledger. */
export class Ledger {
  /** The numbers in the order in which they were added. */
  readonly numbers: readonly number[];
  readonly #distinct: ReadonlySet<number>;

  /** Makes one of numbers that were not written down. */
  constructor(numbers: readonly number[]) {
    this.numbers = numbers;
    this.#distinct = new Set(numbers);
  }

  /** Reads a ledger, or several as one; one that nobody has begun is empty. */
  static read(...paths: string[]): Ledger {
    return new Ledger(paths.flatMap(readNumbers));
  }

  /** How many numbers are in the ledger, without reading it. */
  static size(path: string): number {
    return Math.floor((statSync(path, { throwIfNoEntry: false })?.size ?? 0) / ENTRY_BYTES);
  }

  /** How many different numbers there are. */
  get distinct(): number {
    return this.#distinct.size;
  }

  /** How many of the entries say again what another has said. */
  get duplicates(): number {
    return this.numbers.length - this.#distinct.size;
  }

  /** Whether a number is in it. */
  has(number: number): boolean {
    return this.#distinct.has(number);
  }

  /** The numbers of this one that are in none of the others. */
  without(...others: readonly Ledger[]): number[] {
    return [...this.#distinct].filter((number) => !others.some((other) => other.has(number)));
  }
}

function readNumbers(path: string): number[] {
  if (Ledger.size(path) === 0) return [];
  const bytes = readFileSync(path);
  const numbers: number[] = [];
  // The last entry of a process that was killed may be cut off.
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) numbers.push(bytes.readUInt32LE(at));
  return numbers;
}
