/** A service with a method of each kind. */
import { exposedMethod, MicroService, type RequestContext, RpcError } from "@gemstone/gemstone";
import { createMemoryLogger } from "./service.ts";

/** Has a method of each kind. */
export class Featured extends MicroService {
  override name = "featured";
  override callTimeoutMs = 5_000;
  readonly memory = createMemoryLogger();
  late: AbortSignal | undefined;

  override getLogger(): typeof this.memory {
    return this.memory;
  }
  @exposedMethod({ summary: "Adds.", description: "Two numbers." })
  add(a: number, b: number): number {
    return a + b;
  }
  @exposedMethod({ timeoutMs: 20 })
  never(): Promise<void> {
    return new Promise(() => {});
  }
  @exposedMethod({ timeoutMs: 20, requiresHandlerReference: true })
  async aborted(context: RequestContext): Promise<void> {
    await new Promise<void>((resolve) => setTimeout(resolve, 40));
    this.late = context.signal;
  }
  @exposedMethod({ deprecated: true })
  fail(): void {
    throw new TypeError("the password is swordfish");
  }
  @exposedMethod()
  refuse(): void {
    throw new RpcError(4001, "Out of stock", { sku: "a" });
  }
  @exposedMethod({ requiresHandlerReference: true })
  headers(context: RequestContext, suffix = ""): unknown {
    context.responseHeaders.set("x-answer", `a${suffix}`);
    context.setCookie("c", `v${suffix}`);
    context.setCookie("d", "w", { httpOnly: false, path: "/x", maxAge: 5 });
    return [context.cookies.get("in") ?? null, context.request.method, context.microservice.name];
  }
}
