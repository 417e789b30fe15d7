/**
 * For tests: of services with events, and of event transports.
 *
 * A service with events needs no broker in a test: give it a `MemoryEventTransport`, and wait for
 * {@linkcode MemoryEventBroker.idle}. Whoever writes a transport proves it with the cases of
 * {@linkcode createEventTransportContract}.
 *
 * @example Test what a service does with an event, and what becomes of one that it can not handle
 * ```ts
 * import { eventHandler, MicroService, NonRetryableError } from "@gemstone/gemstone";
 * import { MemoryEventBroker, MemoryEventTransport } from "@gemstone/gemstone/testing";
 * import assert from "node:assert/strict";
 *
 * class Stock extends MicroService {
 *   override name = "stock";
 *   override port = 0;
 *   left = 10;
 *
 *   @eventHandler("order_placed")
 *   take(order: { count: number }): void {
 *     if (order.count > this.left) throw new NonRetryableError(`Only ${this.left} are left`);
 *     this.left -= order.count;
 *   }
 * }
 *
 * const broker = new MemoryEventBroker();
 * const stock = new Stock();
 * stock.eventTransports = [new MemoryEventTransport({ broker, retryDelaysMs: [1] })];
 * await stock.start();
 *
 * await stock.emitEvent("order_placed", { count: 4 }, { broadcast: false });
 * await stock.emitEvent("order_placed", { count: 7 }, { broadcast: false });
 * await broker.idle();
 *
 * assert.equal(stock.left, 6);
 * const [letter] = await broker.deadLetters("stock").list({ limit: 1 });
 * assert.equal(letter?.errorMessage, "Only 6 are left");
 * await stock.stop();
 * ```
 *
 * @module
 */

// Services without a broker.
export { MemoryEventBroker } from "../events/memory/memory_event_broker.ts";
export { MemoryEventTransport } from "../events/memory/memory_event_transport.ts";
export type { MemoryEventTransportOptions } from "../events/memory/memory_options.ts";

// Transports.
export type { ContractCase } from "./contract_case.ts";
export type { ContractNames, EventTransportContractOptions } from "./contract_options.ts";
export { createEventTransportContract } from "./event_transport_contract.ts";
