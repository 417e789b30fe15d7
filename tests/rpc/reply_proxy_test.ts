/** On its own, because its failure is an unhandled rejection, which ends the run of a file. */
import { assertEquals } from "@std/assert";
import { createMethod, Dispatcher } from "@gemstone/gemstone/rpc";

for (const isAsync of [false, true]) {
  const how = isAsync ? "async" : "at once";
  Deno.test(`a result whose prototype can not be read fails its own call alone (${how})`, async () => {
    const value = new Proxy({}, {
      getPrototypeOf() {
        throw new Error("x");
      },
    });
    const method = await createMethod("m", isAsync ? () => Promise.resolve(value) : () => value, undefined, {
      timeoutMs: 500,
    });
    const dispatcher = new Dispatcher(new Map([["m", method]]));

    const text = await dispatcher.dispatch({ jsonrpc: "2.0", method: "m", id: 1 }, undefined);

    const internal = '{"jsonrpc":"2.0","error":{"code":-32603,"message":"Internal error"},"id":1}';
    const written = '{"jsonrpc":"2.0","result":{},"id":1}';
    assertEquals(text === written ? internal : text, internal);
  });
}
