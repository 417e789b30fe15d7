/** The service of the programs in this folder: each adds a feature to it, and prints "works" when that works. */
import { exposedMethod, MicroService } from "@gemstone/gemstone";

export class Greeter extends MicroService {
  override name = "greeter";
  override port = 0;

  @exposedMethod()
  say_hello(name: string): string {
    return `hello ${name}`;
  }
}

/** Calls the service through its `fetch`, without a socket. */
export async function greet(service: Greeter): Promise<unknown> {
  const response = await service.fetch(
    new Request("http://localhost/api", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"jsonrpc":"2.0","id":1,"method":"say_hello","params":["world"]}',
    }),
  );
  const { result, error } = await response.json();
  return result ?? error;
}

/** Says that the feature works, or fails with what came instead. */
export function expect(found: unknown, expected: unknown): void {
  const [foundText, expectedText] = [found, expected].map((value) => JSON.stringify(value));
  if (foundText !== expectedText) throw new Error(`Expected ${expectedText}, but found ${foundText}`);
  console.log("works");
}
