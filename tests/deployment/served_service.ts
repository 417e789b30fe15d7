/** A module for `deno serve`: its default export is the service. Each of its threads makes one of its own. */
import { exposedMethod, MicroService } from "@gemstone/gemstone";

export class ServedService extends MicroService {
  override name = "served";
  readonly #instance: string = crypto.randomUUID();

  @exposedMethod()
  say_hello(name: string): string {
    return `hello ${name}`;
  }

  @exposedMethod()
  tell_instance(): string {
    return this.#instance;
  }
}

export default new ServedService();
