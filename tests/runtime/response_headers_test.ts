import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { exposedMethod, MicroService, type RequestContext } from "@gemstone/gemstone";
import { exchange, toPost } from "../support/raw_connection.ts";
import { createMemoryLogger } from "../support/service.ts";

class HeaderService extends MicroService {
  override name = "headers";
  override port = 0;
  override skipConfiguration = true;
  override getLogger = createMemoryLogger;

  @exposedMethod({ requiresHandlerReference: true })
  async echo(context: RequestContext, name: string, value: string): Promise<string> {
    await Promise.resolve();
    context.responseHeaders.append(name, value);
    return value;
  }
}

function toCall(name: string, value: string): string {
  return JSON.stringify({ jsonrpc: "2.0", method: "echo", params: [name, value], id: 1 });
}

for (
  const [what, name, value] of [
    ["a control character", "x-echo", "a\u0001b"],
    ["DEL", "x-echo", "a\u007fb"],
    ["a line feed", "x-echo", "a\r\nset-cookie: x=1"],
    ["NUL", "x-echo", "\0"],
    ["a character that is no byte", "x-echo", "\u2603"],
    ["a length of its own", "Content-Length", "3"],
    ["a type of its own", "content-type", "text/html"],
    ["a framing of its own", "Transfer-Encoding", "chunked"],
    ["a name that is none", "a b", "x"],
  ] as const
) {
  Deno.test(`a response header with ${what} fails its own call alone`, async () => {
    await using service = new HeaderService();
    await service.start();
    const port = Number(new URL(service.url).port);

    const refused = await exchange(port, toPost(toCall(name, value)));
    const next = await exchange(port, toPost(toCall("x-echo", "fine")));

    assertStringIncludes(refused!.body, '"code":-32603');
    assertEquals(next!.body, '{"jsonrpc":"2.0","result":"fine","id":1}');
  });
}

Deno.test("a service keeps connections without requests for a minute at least", async () => {
  await using service = new HeaderService();
  await service.start();

  const response = await exchange(Number(new URL(service.url).port), toPost(toCall("x-echo", "a")));

  // Node says when it will close; Deno closes none.
  const keepAlive = response!.headers.get("keep-alive");
  if (!("Deno" in globalThis)) assertMatch(keepAlive!, /^timeout=(?:[6-9]\d|\d{3,})\b/);
  else assertEquals(keepAlive, undefined);
});
