/** A strategy that does as a test says, and remembers what it was asked. */
import type { DiscoveryOptions, DiscoveryStrategy } from "@gemstone/gemstone/discovery";

/** Does nothing and knows nothing, until a test changes that. */
export class FakeStrategy implements DiscoveryStrategy {
  /** What it was asked, in order: `ping name location`, `locate pattern` … */
  readonly asked: string[] = [];
  /** How many questions are open. */
  open = 0;
  /** The most that were open at the same time. */
  mostOpen = 0;
  /** How it answers `ping`. */
  onPing: (signal: AbortSignal) => void | Promise<void> = () => {};
  /** How it answers `locate`. */
  onLocate: (pattern: string, signal: AbortSignal, isThorough: boolean) => unknown = () => [];
  /** How it answers `withdraw`. */
  onWithdraw: () => void | Promise<void> = () => {};

  async ping(name: string, location: string, { signal }: DiscoveryOptions): Promise<void> {
    await this.#do(`ping ${name} ${location}`, () => this.onPing(signal));
  }

  async locate(
    pattern: string,
    { signal, isThorough = false }: DiscoveryOptions,
  ): Promise<readonly string[]> {
    const found = await this.#do(`locate ${pattern}`, () => this.onLocate(pattern, signal, isThorough));
    return found as readonly string[];
  }

  async withdraw(name: string, location: string): Promise<void> {
    await this.#do(`withdraw ${name} ${location}`, () => this.onWithdraw());
  }

  close(): Promise<void> {
    this.asked.push("close");
    return Promise.resolve();
  }

  /** How often it was asked something that begins so. */
  count(what: string): number {
    return this.asked.filter((asked) => asked.startsWith(what)).length;
  }

  async #do(what: string, answer: () => unknown): Promise<unknown> {
    this.asked.push(what);
    this.mostOpen = Math.max(this.mostOpen, ++this.open);
    try {
      return await answer();
    } finally {
      this.open--;
    }
  }
}

/** Never answers, and heeds no signal. */
export function hang(): Promise<never> {
  return new Promise(() => {});
}
