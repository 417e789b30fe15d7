/**
 * A service with a plugin: it hears of every call and every error, and lends the service a method of its own.
 *
 * ```sh
 * deno run -A examples/plugins/main.ts --port 8000
 *
 * curl -X POST -H "Content-Type: application/json" http://127.0.0.1:8000/api \
 *   -d '{"jsonrpc": "2.0", "id": 1, "method": "say_hello", "params": ["world"]}'
 * curl -X POST -H "Content-Type: application/json" http://127.0.0.1:8000/api \
 *   -d '{"jsonrpc": "2.0", "id": 2, "method": "read_log"}'
 * ```
 *
 * @module
 */
import { exposedMethod, MicroService } from "@gemstone/gemstone";
import { RemoteLogging } from "./remote_logging.ts";

export class GreetingService extends MicroService {
  override name = "greeting";
  override plugins = [new RemoteLogging()];

  /** `getPlugin` takes the class, and TypeScript knows the methods of the plugin. */
  @exposedMethod()
  say_hello(name: string): string {
    this.getPlugin(RemoteLogging).log("info", `greeting ${name}`);
    return `hello ${name}`;
  }

  /** A plugin hears of this error; the caller gets "Internal error". */
  @exposedMethod()
  stumble(): never {
    throw new Error("a stone in the way");
  }

  /** By its name it is found, too. */
  @exposedMethod()
  read_log(): readonly string[] {
    return this.getPlugin<RemoteLogging>("remote_logging").lines;
  }
}

if (import.meta.main) await new GreetingService().start();
