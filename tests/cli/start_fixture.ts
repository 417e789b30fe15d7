/** What tests of `gemstone start` share: modules with services, which log nothing in the process of the test. */

/** A module with one service. */
export const SHOP = `
  import { MicroService } from "@gemstone/gemstone";
  const drop = () => {};
  export class Shop extends MicroService {
    name = "shop";
    port = 0;
    quiet = { debug: drop, info: drop, warn: drop, error: drop };
    getLogger() { return globalThis.isQuiet ? this.quiet : super.getLogger(); }
    constructor() { super(); this.expose("who", () => this.name); this.expose("end", () => void this.stop()); }
  }
`;
/** A module with two. */
export const TWO = `${SHOP}
  export class Other extends Shop { name = "other"; }
`;

interface Quiet {
  isQuiet?: boolean;
}

/** Runs a test whose modules, in this process, log nothing. */
export async function quietly(test: () => Promise<void>): Promise<void> {
  (globalThis as Quiet).isQuiet = true;
  try {
    await test();
  } finally {
    delete (globalThis as Quiet).isQuiet;
  }
}
