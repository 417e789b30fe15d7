/**
 * A broker within the process.
 *
 * @module
 */
import type { DeadLetterOffice } from "../dead_letter.ts";
import { MemoryExchange } from "./memory_exchange.ts";

/** Gives the transports of this folder what they share; nobody else needs it. */
export let exchangeOf: (broker: MemoryEventBroker) => MemoryExchange;

/**
 * A broker within the process: services whose {@linkcode MemoryEventTransport} share one reach each other. Nothing
 * in it outlives the process.
 *
 * @example Two services in one process, and a test that waits for what they do
 * ```ts
 * import { eventHandler, MicroService } from "@gemstone/gemstone";
 * import { MemoryEventBroker, MemoryEventTransport } from "@gemstone/gemstone/events";
 *
 * const broker = new MemoryEventBroker();
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override port = 0;
 *   override eventTransports = [new MemoryEventTransport({ broker })];
 * }
 *
 * class Billing extends MicroService {
 *   override name = "billing";
 *   override port = 0;
 *   override eventTransports = [new MemoryEventTransport({ broker })];
 *   readonly paid: number[] = [];
 *
 *   @eventHandler("order_paid")
 *   onOrderPaid(order: { id: number }): void {
 *     this.paid.push(order.id);
 *   }
 * }
 *
 * const [shop, billing] = [new Shop(), new Billing()];
 * await Promise.all([shop.start(), billing.start()]);
 *
 * await shop.emitEvent("order_paid", { id: 7 }, { broadcast: false });
 * await broker.idle();
 *
 * console.log(billing.paid); // [7]
 * await Promise.all([shop.stop(), billing.stop()]);
 * ```
 */
export class MemoryEventBroker {
  readonly #exchange: MemoryExchange = new MemoryExchange();

  static {
    exchangeOf = (broker) => broker.#exchange;
  }

  /**
   * Resolves when nothing happens unless something is emitted: no event waits for a handler that is there, none
   * rests before it is delivered again, and no handler runs. Made for tests.
   */
  idle(): Promise<void> {
    return this.#exchange.idle();
  }

  /**
   * Opens the dead letters of a service: of the last ten thousand, as long as the broker lives.
   *
   * @param service The name of the service.
   * @returns The dead letters. They need not be closed.
   */
  deadLetters(service: string): DeadLetterOffice {
    return this.#exchange.deadLetters(service);
  }
}
