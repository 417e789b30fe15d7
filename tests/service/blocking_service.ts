/** Services whose methods run on workers. */
import { Container, exposedMethod, type Logger, MicroService, RpcError } from "@gemstone/gemstone";
import { createMemoryLogger, type MemoryLogger } from "../support/service.ts";

export class Tools extends Container {
  @exposedMethod({ name: "tools.twice", blocking: import.meta.url })
  twice(value: number): number {
    return 2 * value;
  }
}

export function triple(value: number): number {
  return 3 * value;
}

export class BlockingService extends MicroService {
  override name = "blocking";
  override port = 0;
  override skipConfiguration = true;
  override maxParallelBlockingTasks = 2;
  override modules = [new Tools()];
  override shutdownTimeoutMs = 5_000;
  readonly memory: MemoryLogger = createMemoryLogger();
  #calls = 0;

  constructor() {
    super();
    this.expose("triple", triple, { blocking: import.meta.url });
  }

  override getLogger(): Logger {
    return this.memory;
  }

  override apiTokenIsValid(token: string): boolean {
    return token === "right";
  }

  @exposedMethod()
  ping(): string {
    return "pong";
  }

  /** Counts on the instance of its worker. */
  @exposedMethod({ blocking: import.meta.url })
  count(): number {
    return ++this.#calls;
  }

  @exposedMethod({ name: "pow", blocking: import.meta.url })
  raise(base: number, exponent = 2): number {
    return base ** exponent;
  }

  @exposedMethod({ blocking: import.meta.url, private: true })
  secret(): string {
    return "secret";
  }

  @exposedMethod({ blocking: import.meta.url })
  nothing(): void {}

  @exposedMethod({ blocking: import.meta.url })
  fail(): never {
    throw new RpcError(4001, "Out of stock", { sku: "a1" });
  }

  @exposedMethod({ blocking: import.meta.url })
  crash(): never {
    class BoomError extends Error {}
    throw new BoomError("boom");
  }

  @exposedMethod({ blocking: import.meta.url })
  unserializable(): bigint {
    return 10n;
  }

  /** Ends by itself, because on Deno it does not end with its worker. */
  @exposedMethod({ blocking: import.meta.url })
  spin(ms: number): void {
    for (const endsAt = performance.now() + ms; performance.now() < endsAt;);
  }

  @exposedMethod({ blocking: import.meta.url, timeoutMs: 300 })
  spinBriefly(): void {
    this.spin(1_000);
  }

  @exposedMethod({ blocking: import.meta.url })
  wait(ms: number): number {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    return ms;
  }
}
