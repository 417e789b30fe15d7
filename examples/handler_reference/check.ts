import { assertEquals, assertMatch } from "@std/assert";

/** Calls as a browser would: cookies go forth and back in headers. */
export async function check({ url }: { url: string }): Promise<void> {
  const call = async (method: string, params: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}/api`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    return { headers: response.headers, result: (await response.json()).result };
  };

  const first = await call("count_visits", []);
  assertEquals(first.result, 1);
  assertMatch(first.headers.get("set-cookie") ?? "", /^visits=1;.*HttpOnly/);
  assertEquals((await call("count_visits", [], { Cookie: "visits=41" })).result, 42);
  assertEquals((await call("count_visits", [], { Cookie: "visits=many" })).result, 1);

  const set = await call("set_cookie", { name: "theme", value: "dark" });
  assertMatch(set.headers.get("set-cookie") ?? "", /^theme=dark;/);
  assertEquals((await call("get_cookie", ["theme"], { Cookie: "theme=dark" })).result, "dark");
  assertEquals((await call("get_cookie", ["theme"])).result, null);

  const german = await call("say_hello", ["Welt"], { "Accept-Language": "de-AT" });
  assertEquals(german.result, "hallo Welt");
  assertEquals(german.headers.get("content-language"), "de");
}
