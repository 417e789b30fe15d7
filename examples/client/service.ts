/**
 * The service that the client of this example calls. It also runs alone:
 *
 * ```sh
 * deno run -A examples/client/service.ts --port 8000
 * ```
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { exposedMethod, MicroService, type RequestContext, RpcError } from "@gemstone/gemstone";

/** Has a method for each thing that can happen to a call. */
export class GreetingService extends MicroService {
  override name = "greeting_service";

  readonly #guests: string[] = [];

  /** Answers at once. */
  @exposedMethod()
  say_hello(name: string): string {
    return `hello ${name}`;
  }

  /** Takes its time. Its signal aborts when the caller gives up, so nobody waits for an answer in vain. */
  @exposedMethod({ requiresHandlerReference: true })
  async slow_method(context: RequestContext, seconds: number): Promise<string> {
    await delay(seconds * 1000, undefined, { signal: context.signal });
    return `slept for ${seconds} s`;
  }

  /** Fails with an error of its own: the caller gets this code, this text and this data. */
  @exposedMethod()
  divide(dividend: number, divisor: number): number {
    if (divisor === 0) throw new RpcError(4001, "Cannot divide by zero", { dividend });
    return dividend / divisor;
  }

  /** Returns nothing, so a notification is enough to call it. */
  @exposedMethod()
  welcome(name: string): void {
    this.#guests.push(name);
  }

  /** Lists who was welcomed. */
  @exposedMethod()
  guests(): string[] {
    return [...this.#guests];
  }
}

if (import.meta.main) await new GreetingService().start();
