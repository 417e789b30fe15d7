import { assertEquals } from "@std/assert";
import { RemoteService } from "@gemstone/gemstone/client";

/** The methods, by their names on the wire. */
interface ComputingApi {
  say_hello(name: string): string;
  "primes.count"(below: number): number;
  "primes.count_shared"(below: number): number;
}

/** Asks for much, and meanwhile for little. */
export async function check({ url }: { url: string }): Promise<void> {
  const { methods } = new RemoteService<ComputingApi>(`${url}/api`);

  let isOver = false;
  const counting = methods.primes.count(3_000_000).finally(() => isOver = true);
  // Answered by the same event loop, although a thread computes.
  assertEquals(await methods.say_hello("world"), "hello world");
  const wasOver = isOver;

  assertEquals(await counting, 216_816);
  assertEquals(wasOver, false);
  assertEquals(await methods.primes.count_shared(100_000), 9_592);
}
