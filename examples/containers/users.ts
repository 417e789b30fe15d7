/**
 * The part of the shop that knows users.
 *
 * @module
 */
import { Container, exposedMethod, RpcError } from "@gemstone/gemstone";

/** Methods whose wire names begin with `users.`; names are of the whole service, so a prefix keeps order. */
export class Users extends Container {
  readonly #emails = new Map<string, string>();

  @exposedMethod("users.register")
  register(name: string, email: string): boolean {
    if (this.#emails.has(name)) throw new RpcError(4090, `There is a user "${name}" already`);
    this.#emails.set(name, email);
    // A container knows the service that it is a part of, from the start of the service on.
    this.microservice.logger.info("User registered", { name });
    return true;
  }

  @exposedMethod("users.list")
  list(): string[] {
    return [...this.#emails.keys()];
  }

  /** Not decorated, so it can not be called from outside; other containers can. */
  emailOf(name: string): string {
    const email = this.#emails.get(name);
    if (email === undefined) throw new RpcError(4040, `There is no user "${name}"`);
    return email;
  }
}
