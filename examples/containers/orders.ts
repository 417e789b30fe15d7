/**
 * The part of the shop that takes orders.
 *
 * @module
 */
import { Container, exposedMethod } from "@gemstone/gemstone";
import type { ShopService } from "./main.ts";
import type { Users } from "./users.ts";

/**
 * Needs another container, and gets it as any object gets what it needs: through its constructor. The type in
 * angle brackets says which service it is a part of; without it `microservice` has `name`, `url` and `logger`.
 */
export class Orders extends Container<ShopService> {
  readonly #users: Users;

  constructor(users: Users) {
    super();
    this.#users = users;
  }

  @exposedMethod("orders.place")
  place(user: string, item: string, price: number): string {
    return `${item} for ${price} ${this.microservice.currency}, confirmed to ${this.#users.emailOf(user)}`;
  }
}
