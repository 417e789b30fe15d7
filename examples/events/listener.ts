/**
 * The service that subscribes.
 *
 * @module
 */
import { type EventContext, eventHandler } from "@gemstone/gemstone";
import { EventfulService } from "./eventful_service.ts";

export class Listener extends EventfulService {
  override name = "listener";
  override port = 8001;

  /** Called with the body of the event. A body that does not fit the type comes from elsewhere: check what matters. */
  @eventHandler("said_hello")
  onSaidHello({ name }: { name: string }, event: EventContext): void {
    console.log(`listener: ${event.name} to ${name}`);
  }
}
