/**
 * The part of the shop that takes orders.
 *
 * @module
 */
import { Container, exposedMethod } from "@gemstone/gemstone";
import type { Users } from "./users.ts";

/** Needs another container, and gets it as any object gets what it needs: through its constructor. */
export class Orders extends Container {
  readonly #users: Users;

  constructor(users: Users) {
    super();
    this.#users = users;
  }

  @exposedMethod("orders.place")
  place(user: string, item: string, amount = 1): string {
    return `${amount} x ${item}, confirmed to ${this.#users.emailOf(user)}`;
  }
}
