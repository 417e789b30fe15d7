/** Runs a method on a worker thread. */
import { exposedMethod } from "@gemstone/gemstone";
import { expect, greet, Greeter } from "./greeter.ts";

export class Computing extends Greeter {
  @exposedMethod({ blocking: import.meta.url })
  override say_hello(name: string): string {
    return `hello ${name}`;
  }
}

if (import.meta.main) {
  const service = new Computing();
  const answer = await greet(service);
  await service.stop();
  expect(answer, "hello world");
}
