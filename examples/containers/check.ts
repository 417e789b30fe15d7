import { assertEquals, assertRejects } from "@std/assert";
import { RemoteService, UnknownRemoteError } from "@gemstone/gemstone/client";
import type { ShopApi } from "./main.ts";

/** Calls the methods of the service and of both containers. */
export async function check({ url }: { url: string }): Promise<void> {
  const { methods } = new RemoteService<ShopApi>(`${url}/api`);

  assertEquals(await methods.shop.is_open(12), true);
  assertEquals(await methods.users.register({ name: "ann", email: "ann@example.com" }), true);
  assertEquals(await methods.users.list(), ["ann"]);
  assertEquals(await methods.orders.place("ann", "tea", 3), "tea for 3 EUR, confirmed to ann@example.com");
  await assertRejects(
    () => methods.orders.place("bob", "tea", 3),
    UnknownRemoteError,
    'There is no user "bob"',
  );
}
