import { assertEquals, assertRejects } from "@std/assert";
import { RemoteService } from "@gemstone/gemstone/client";
import { InternalError } from "@gemstone/gemstone/errors";
import type { GreetingService } from "./main.ts";

export async function check({ url }: { url: string }): Promise<void> {
  const { methods } = new RemoteService<GreetingService>(`${url}/api`);

  assertEquals(await methods.say_hello("world"), "hello world");
  await assertRejects(() => methods.stumble(), InternalError);

  assertEquals(await methods.read_log(), [
    "info: greeting started",
    "info: call of say_hello",
    "info: greeting world",
    "info: call of stumble",
    "error: method stumble failed: a stone in the way",
    "info: call of read_log",
  ]);
}
