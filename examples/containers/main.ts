/**
 * A service made of parts, each in a file of its own.
 *
 * ```sh
 * deno run -A examples/containers/main.ts --port 8000
 *
 * curl -X POST -H "Content-Type: application/json" http://127.0.0.1:8000/api -d '[
 *   {"jsonrpc": "2.0", "id": 1, "method": "users.register", "params": ["ann", "ann@example.com"]},
 *   {"jsonrpc": "2.0", "id": 2, "method": "users.list"}
 * ]'
 * ```
 *
 * @module
 */
import { exposedMethod, MicroService } from "@gemstone/gemstone";
import { Orders } from "./orders.ts";
import { Users } from "./users.ts";

export class ShopService extends MicroService {
  override name = "shop";
  readonly currency = "EUR";

  readonly #users = new Users();
  // Each instance of the service has containers of its own; two with the same method name would be refused.
  override modules = [this.#users, new Orders(this.#users)];

  /** The service itself can have methods as well. */
  @exposedMethod("shop.is_open")
  isOpen(hour: number): boolean {
    return hour >= 8 && hour < 20;
  }
}

/** A decorator can rename a method but not its type, so clients of dotted names use an interface. */
export interface ShopApi {
  "users.register": Users["register"];
  "users.list": Users["list"];
  "orders.place": Orders["place"];
  "shop.is_open": ShopService["isOpen"];
}

if (import.meta.main) await new ShopService().start();
