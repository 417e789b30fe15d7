/** A module that starts its service whenever it is loaded, as it should not. */
import { MicroService } from "@gemstone/gemstone";

class Unguarded extends MicroService {
  override name = "unguarded";
  override port = 0;
  override skipConfiguration = true;
}

export function add(a: number, b: number): number {
  return a + b;
}

await new Unguarded().start({ signal: new AbortController().signal });
