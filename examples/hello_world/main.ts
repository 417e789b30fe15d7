/**
 * The smallest service, with settings that the command line can change.
 *
 *     deno task start --port 8001 --greeting "good evening"
 *
 *     curl -X POST -H "Content-Type: application/json" http://127.0.0.1:8001/api \
 *       -d '{"jsonrpc": "2.0", "id": 1, "method": "say_hello", "params": {"name": "world"}}'
 */
import { exposedMethod, MicroService } from "@gemstone/gemstone";

export class HelloWorldService extends MicroService {
  override name = "hello_world_service";
  override host = "127.0.0.1";
  override port = 8000;

  @exposedMethod()
  say_hello(name: string): string {
    return `hello ${name}`;
  }
}

if (import.meta.main) await new HelloWorldService().start();
