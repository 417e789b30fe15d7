/**
 * The services that subscribe. Which kind an event is of was decided by its emitter: the handlers are the same.
 *
 * @module
 */
import { type EventContext, eventHandler } from "@gemstone/gemstone";
import { Configurable } from "@gemstone/gemstone/config";
import type { MemoryEventBroker } from "@gemstone/gemstone/events";
import { EventfulService } from "./eventful_service.ts";

/** Runs several times. All instances have the same name: that is what makes them instances of one service. */
export class Worker extends EventfulService {
  override name = "worker";
  override port = 8001;
  label: string;

  /** @param label Tells the instances apart in what they print. */
  constructor(broker: MemoryEventBroker, label = "worker") {
    super(broker);
    this.label = label;
    this.configurables = [...this.configurables, new Configurable("label")];
  }

  @eventHandler("announcement")
  onAnnouncement({ text }: { text: string }): void {
    console.log(`${this.label} hears: ${text}`);
  }

  /** An order is done when the promise has resolved; if it rejects, some instance gets the order again. */
  @eventHandler("order", { concurrency: 1 })
  async onOrder({ item }: { item: string }, event: EventContext): Promise<void> {
    await Promise.resolve();
    console.log(`${this.label} makes: ${item}${event.attempt > 1 ? ", once more" : ""}`);
  }
}

/** Another service, so it gets each order as well, whatever the workers do. */
export class Bookkeeper extends EventfulService {
  override name = "bookkeeper";
  override port = 8002;

  @eventHandler("announcement")
  onAnnouncement({ text }: { text: string }): void {
    console.log(`bookkeeper hears: ${text}`);
  }

  @eventHandler("order")
  onOrder({ item }: { item: string }): void {
    console.log(`bookkeeper books: ${item}`);
  }
}
