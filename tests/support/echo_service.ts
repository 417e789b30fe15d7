/** A service to be attacked, and what each of its answers has to look like. */
import { assert, assertEquals } from "@std/assert";
import { exposedMethod, type Logger, MicroService } from "@gemstone/gemstone";
import { exchange, type RawAnswer, toPost } from "./raw_connection.ts";
import { createMemoryLogger } from "./service.ts";

/** Returns what it gets. */
export class EchoService extends MicroService {
  override name = "echo";
  override port = 0;
  override skipConfiguration = true;
  override maxBodyBytes = 3_000_000;
  override maxBatchSize = 10;
  override shutdownTimeoutMs = 1_000;

  override getLogger(): Logger {
    return createMemoryLogger();
  }

  @exposedMethod()
  echo(value: unknown): unknown {
    return value;
  }

  @exposedMethod()
  async later(value: unknown): Promise<unknown> {
    return await Promise.resolve(value);
  }

  @exposedMethod({ requiresHandlerReference: true })
  token(context: { readonly headers: Headers; readonly request: Request }): string | null {
    return context.headers.get("x-api-token") ?? new URL(context.request.url).pathname;
  }

  @exposedMethod()
  fail(): void {
    throw new Error("the password is swordfish");
  }
}

/** Fails unless the text is one JSON-RPC response object or a batch of them, and tells nothing of the inside. */
export function assertRpcText(text: string): void {
  const body: unknown = JSON.parse(text);
  const replies = Array.isArray(body) ? body : [body];
  assert(replies.length > 0, "a batch of answers is never empty");
  for (const reply of replies) assertReply(reply, text);
  assertNothingLeaks(text);
}

/** Fails when the text has a stack frame, a path of a source file, or the message of an exception. */
export function assertNothingLeaks(text: string): void {
  const leak = /\bat .*\(?(?:file:|node:|ext:|\/)[^\s]*:\d+:\d+|\.(?:ts|js):\d+|swordfish/.exec(text);
  assert(leak === null, `leaked: ${leak?.[0]}`);
}

function assertReply(reply: unknown, text: string): void {
  const message = `no response object: ${text.slice(0, 200)}`;
  assert(typeof reply === "object" && reply !== null, message);
  const { jsonrpc, id, error } = reply as Record<string, unknown>;
  assert(jsonrpc === "2.0", message);
  assert(id === null || typeof id === "string" || typeof id === "number", message);
  assert(("result" in reply) !== ("error" in reply), message);
  if (!("error" in reply)) return;
  const { code, message: text2 } = error as Record<string, unknown>;
  assert(Number.isInteger(code) && typeof text2 === "string", message);
}

/** Runs a test with a service that listens, and checks afterwards that it still answers. */
export async function withEcho(
  test: (port: number, service: EchoService) => Promise<void>,
  change: (service: EchoService) => void = () => {},
): Promise<void> {
  await using service = new EchoService();
  change(service);
  await service.start();
  const port = Number(new URL(service.url).port);
  await test(port, service);
  const alive = await exchange(port, toPost('{"jsonrpc":"2.0","method":"echo","params":[1],"id":1}'));
  assertEquals(alive?.body, '{"jsonrpc":"2.0","result":1,"id":1}');
}

/** The code of the error that an answer carries. */
export function codeOf(answer: RawAnswer | undefined): number | undefined {
  return answer && JSON.parse(answer.body).error?.code;
}
