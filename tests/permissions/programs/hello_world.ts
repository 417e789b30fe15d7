/** Listens where the command line says, and calls itself there. */
import { RemoteService } from "@gemstone/gemstone/client";
import { expect, Greeter } from "./greeter.ts";

await using service = new Greeter();
await service.start();
expect(await new RemoteService<Greeter>(service.url).methods.say_hello("world"), "hello world");
