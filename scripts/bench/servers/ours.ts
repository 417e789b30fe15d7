/**
 * The hello-world service of this library, for both runtimes.
 *
 * @module
 */
import { exposedMethod, MicroService } from "@gemstone/gemstone";
import { announcePort } from "./announce_port.ts";

/** Offers the call that all servers of the comparison offer. */
export class HelloWorldService extends MicroService {
  override name = "hello_world_service";
  override host = "127.0.0.1";
  override port = 0;

  /** The method. */
  @exposedMethod()
  say_hello(name: string): string {
    return `hello ${name}`;
  }
}

const service = new HelloWorldService();
await service.start();
announcePort({ port: Number(new URL(service.url).port) });
