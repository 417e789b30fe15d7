import { assertEquals } from "@std/assert";

/** Makes the call of the documentation, to the letter. */
export async function check({ url }: { url: string }): Promise<void> {
  const response = await fetch(`${url}/api`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: '{"jsonrpc": "2.0", "id": 1, "method": "say_hello", "params": {"name": "world"}}',
  });

  assertEquals(response.status, 200);
  assertEquals(await response.text(), '{"jsonrpc":"2.0","result":"hello world","id":1}');
}
