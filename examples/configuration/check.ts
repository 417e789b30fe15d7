import process from "node:process";
import { assertEquals, assertRejects } from "@std/assert";
import { RemoteService } from "@gemstone/gemstone/client";
import { ConfigurationValueError } from "@gemstone/gemstone/errors";
import { GreeterService } from "./main.ts";

/** The running service has values of the file and of the command line (its port); the rest is checked here. */
export async function check({ url }: { url: string }): Promise<void> {
  const { methods } = new RemoteService<GreeterService>(`${url}/api`);

  assertEquals(await methods.greet("world"), "good morning, good morning, world");
  assertEquals([await methods.speaks("de"), await methods.speaks("fr")], [true, false]);
  await checkPrecedence();
}

async function checkPrecedence(): Promise<void> {
  const greeter = new GreeterService();
  process.env.GREETER_GREETING = "good day";
  try {
    await greeter.configure([]);
    assertEquals(greeter.greet("world"), "good day, good day, world");
    await greeter.configure(["--greeting", "good evening", "--repeat=1", "--shout"]);
    assertEquals(greeter.greet("world"), "GOOD EVENING, WORLD");
    await assertRejects(() => greeter.configure(["--repeat", "0"]), ConfigurationValueError, "1 or more");
    assertEquals(greeter.repeat, 1);
  } finally {
    delete process.env.GREETER_GREETING;
  }
}
