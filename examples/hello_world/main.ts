/**
 * The smallest service: one class, one method, one line that starts it.
 *
 * ```sh
 * deno task start
 *
 * curl -X POST -H "Content-Type: application/json" http://127.0.0.1:8000/api \
 *   -d '{"jsonrpc": "2.0", "id": 1, "method": "say_hello", "params": {"name": "world"}}'
 * # {"jsonrpc":"2.0","result":"hello world","id":1}
 * ```
 *
 * The command line of every service changes where it listens: `deno task start --host 0.0.0.0 --port 8001`, and
 * `deno task start --help` says what else. The example `configuration` adds settings of its own.
 *
 * @module
 */
import { exposedMethod, MicroService } from "@gemstone/gemstone";

/** Greets. Exported, so that clients can have its types: `RemoteService<HelloWorldService>`. */
export class HelloWorldService extends MicroService {
  override name = "hello_world_service";
  override host = "127.0.0.1";
  override port = 8000;

  @exposedMethod()
  say_hello(name: string): string {
    return `hello ${name}`;
  }
}

// Not when another file imports this one, say a test.
if (import.meta.main) await new HelloWorldService().start();
