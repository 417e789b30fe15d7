/**
 * The service that emits.
 *
 * @module
 */
import { exposedMethod } from "@gemstone/gemstone";
import { EventfulService } from "./eventful_service.ts";

export class Greeter extends EventfulService {
  override name = "greeter";
  override port = 8000;

  @exposedMethod()
  async say_hello(name: string): Promise<string> {
    // Whoever is interested hears of it; whether anybody is makes no difference here. When the promise has
    // resolved the event is on its way; if it could not be sent, it rejects, and so does this call.
    await this.emitEvent("said_hello", { name });
    return `hello ${name}`;
  }
}
