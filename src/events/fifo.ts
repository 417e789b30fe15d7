/**
 * A queue in memory.
 *
 * @module
 */

/** A list whose first item can be taken at the same price however long it is, which `Array.shift` does not offer. */
export class Fifo<Item> {
  #items: (Item | undefined)[] = [];
  // What stands before it has been taken.
  #head = 0;

  /** How many items there are. */
  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The first item; `undefined` when there is none. */
  peek(): Item | undefined {
    return this.#items[this.#head];
  }

  /** Adds an item behind all others. */
  push(item: Item): void {
    this.#items.push(item);
  }

  /** Adds items before all others, in their order. */
  unshift(items: readonly Item[]): void {
    if (items.length === 0) return;
    this.#items = [...items, ...this.#items.slice(this.#head)];
    this.#head = 0;
  }

  /** Takes the first item. */
  shift(): Item | undefined {
    const item = this.#items[this.#head];
    if (this.#head < this.#items.length) this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length) {
      this.#items.length = 0;
      this.#head = 0;
    } else if (this.#head >= COMPACT_FROM && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Takes all items. */
  takeAll(): Item[] {
    const items = this.#items.slice(this.#head) as Item[];
    this.#items = [];
    this.#head = 0;
    return items;
  }
}

/** Below, copying what is left costs more than the places that it frees. */
const COMPACT_FROM = 32;
