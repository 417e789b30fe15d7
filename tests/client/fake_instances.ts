/** Instances of a service in the order of a list, which remember what they were told. */
import type { ServiceInstances } from "@gemstone/gemstone/client";

/** A list of instances; each call begins with the first one. */
export class FakeInstances implements ServiceInstances {
  readonly pattern = "workers.*";
  /** What it was told, in order: `refused A`, `answered B`, `refresh`. */
  readonly told: string[] = [];
  url: string;
  readonly #urls: string[];
  readonly #onRefresh: (urls: string[]) => void | Promise<void>;

  constructor(urls: readonly string[], onRefresh: (urls: string[]) => void | Promise<void> = () => {}) {
    this.#urls = [...urls];
    this.url = urls[0] ?? "";
    this.#onRefresh = onRefresh;
  }

  choose(tried: ReadonlySet<string>): string | undefined {
    return this.#urls.find((url) => !tried.has(url));
  }

  async refresh(): Promise<void> {
    this.told.push("refresh");
    await this.#onRefresh(this.#urls);
  }

  refused(url: string): void {
    this.told.push(`refused ${this.#nameOf(url)}`);
  }

  answered(url: string): void {
    this.told.push(`answered ${this.#nameOf(url)}`);
    this.url = url;
  }

  /** A, B, C … */
  #nameOf(url: string): string {
    return String.fromCharCode(65 + this.#urls.indexOf(url));
  }
}
