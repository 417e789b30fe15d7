/**
 * The service that emits both kinds of events.
 *
 * @module
 */
import { exposedMethod } from "@gemstone/gemstone";
import { EventfulService } from "./eventful_service.ts";

export class Publisher extends EventfulService {
  override name = "publisher";
  override port = 8000;

  /** For everybody: each instance that runs now, of each service with a handler, hears it. */
  @exposedMethod()
  async announce(text: string): Promise<void> {
    await this.emitEvent("announcement", { text }); // { broadcast: true } is the default
  }

  /**
   * For one instance of each service with a handler: the instances of a service share the work. The event waits for
   * a service that is down, and comes again when its handler fails.
   */
  @exposedMethod()
  async order(item: string): Promise<boolean> {
    const receipt = await this.emitEvent("order", { item }, { broadcast: false });
    return receipt.routed ?? true; // false: there is no service that handles orders
  }
}
