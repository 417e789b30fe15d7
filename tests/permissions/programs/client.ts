/** Calls the service at the URL that it is given. */
import process from "node:process";
import { RemoteService } from "@gemstone/gemstone/client";
import { expect } from "./greeter.ts";

const { methods } = new RemoteService(process.argv[2] ?? "");
expect(await methods.say_hello("world"), "hello world");
