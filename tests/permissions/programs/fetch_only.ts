/** Answers without a socket. */
import { expect, greet, Greeter } from "./greeter.ts";

expect(await greet(new Greeter()), "hello world");
