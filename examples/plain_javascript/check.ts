import { assertEquals, assertRejects } from "@std/assert";
import { MethodNotFoundError, RemoteService, UnknownRemoteError } from "@gemstone/gemstone/client";

/** Calls what is exposed, by position and by name, and what is not. */
export async function check({ url }: { url: string }): Promise<void> {
  const { methods } = new RemoteService(`${url}/api`);

  assertEquals(await methods.add(1, 2), 3);
  assertEquals(await methods.add({ b: "b", a: "a" }), "ab");
  assertEquals(await methods.sum(1, 2, 3, 4), 10);
  assertEquals(await methods.power({ base: 2, exponent: 10 }), 1024);
  assertEquals(await methods.divide({ dividend: 6, divisor: 3 }), 2);
  assertEquals(await methods.divide(6), 6);
  await assertRejects(() => methods.divide("6", 3), UnknownRemoteError, "Give two numbers");
  await assertRejects(() => methods.reset(), MethodNotFoundError);
}
