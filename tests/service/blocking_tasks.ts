/** What the tests run in workers. */
import { openSync, readSync } from "node:fs";
import process from "node:process";
import { parentPort } from "node:worker_threads";
import { MicroService, RpcError } from "@gemstone/gemstone";

export const isMain = import.meta.main;
export const notCallable = 5;

export function add(a: number, b: number): number {
  return a + b;
}

export function echo(...values: unknown[]): unknown {
  return values.length === 1 ? values[0] : values;
}

export async function addLater(a: number, b: number): Promise<number> {
  await Promise.resolve();
  return a + b;
}

export function tellIsMain(): boolean {
  return import.meta.main ?? false;
}

export function throwIt(value: unknown): never {
  throw value;
}

export class OutOfStock extends RpcError {
  readonly sku = "a1";
  constructor() {
    super(4001, "Out of stock", { left: [0] }, { cause: new RangeError("shelf 3", { cause: "mice" }) });
  }
}

export function throwRpcError(): never {
  throw new OutOfStock();
}

export function throwFunction(): never {
  throw () => {};
}

export function returnFunction(): unknown {
  return { deep: [() => {}] };
}

export function recurse(): number {
  return 1 + recurse();
}

/** Never returns, but ends with its worker. */
export function allocate(): never {
  const kept: unknown[] = [];
  while (true) kept.push(Array.from({ length: 10_000 }, () => ({ value: Math.random() })));
}

export async function allocateLater(): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return allocate();
}

export function exit(code: number): never {
  process.exit(code);
}

export function exitSoon(): string {
  setTimeout(() => process.exit(0), 20);
  return "soon";
}

export function failLater(): Promise<never> {
  setTimeout(() => {
    throw new TypeError("nobody catches this");
  }, 0);
  return new Promise(() => {});
}

export function rejectLater(): Promise<never> {
  Promise.reject(new TypeError("nobody catches this, either"));
  return new Promise(() => {});
}

/** Tells that it has begun, and computes until it is let go. */
export function spin(begun: Int32Array): void {
  Atomics.add(begun, 0, 1);
  while (Atomics.load(begun, 1) === 0);
}

/** Counts as fast as it can until it is let go. */
export function countUp(counter: Int32Array): void {
  while (Atomics.load(counter, 1) === 0) Atomics.add(counter, 0, 1);
}

/** Tells that it has begun, and computes for ever, but lets others in from time to time. */
export async function pace(begun: Int32Array): Promise<never> {
  while (true) {
    Atomics.add(begun, 0, 1);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Tells that it has begun, and waits in code of the operating system, where nothing can end it. */
export function readByte(begun: Int32Array, path: string): void {
  const file = openSync(path, "r");
  Atomics.add(begun, 0, 1);
  readSync(file, new Uint8Array(1));
}

/** Tells that it has begun, and waits until it may end. */
export function hold(begun: Int32Array, gate: Int32Array): string {
  Atomics.add(begun, 0, 1);
  Atomics.wait(gate, 0, 0);
  return "held";
}

/** Returns how many of these ran at the same time, once `expected` do. */
export function meet(count: Int32Array, expected: number): number {
  Atomics.add(count, 0, 1);
  Atomics.notify(count, 0);
  while (Atomics.load(count, 0) < expected) Atomics.wait(count, 0, Atomics.load(count, 0), 100);
  return Atomics.load(count, 0);
}

export function makeBuffers(): unknown {
  const bytes = new Uint8Array([1, 2, 3, 4]);
  return { buffer: new ArrayBuffer(8), list: [bytes, bytes], part: new Uint8Array(16).subarray(4, 6) };
}

const kept = new Uint8Array([9, 9]);
export function returnKept(): { readonly bytes: Uint8Array; readonly lengthBefore: number } {
  return { lengthBefore: kept.byteLength, bytes: kept };
}

/** Talks over the head of the library. */
export function talkToParent(): string {
  for (const message of [null, 5, "text", { id: 999, value: "forged" }, [], { isStrange: true }]) {
    parentPort?.postMessage(message);
  }
  return "done";
}

export class Counter {
  #count = 0;
  readonly created: number = Math.random();

  next(): number {
    return ++this.#count;
  }

  get broken(): number {
    throw new Error("a getter fails");
  }
}

export class Fragile {
  constructor() {
    throw new TypeError("The constructor fails");
  }
  run(): void {}
}

class Renamed {
  run(): string {
    return "renamed";
  }
}
export { Renamed as PublicName };

export class Service extends MicroService {
  override name = "blocking";

  describe(): unknown {
    return { name: this.name, url: this.url };
  }
}

export default class extends MicroService {
  override name = "default";

  hello(name: string): string {
    return `hello ${name}`;
  }
}

export async function answerOverPort(port: MessagePort): Promise<string> {
  const text = await new Promise<string>((resolve) => {
    port.onmessage = ({ data }) => resolve(data);
  });
  port.postMessage(`heard ${text}`);
  port.close();
  return "over";
}
