/** What a stop does with requests that are on their way. */
import { assert, assertEquals } from "@std/assert";
import { exposedMethod, type Logger, MicroService, type RequestContext } from "@gemstone/gemstone";
import { exchange, RawConnection, toPost } from "../support/raw_connection.ts";
import { createGate, createMemoryLogger } from "../support/service.ts";

class GatedService extends MicroService {
  override name = "gated";
  override port = 0;
  override skipConfiguration = true;
  override shutdownTimeoutMs = 5_000;
  readonly log: string[] = [];
  readonly entered = createGate();
  readonly gate = createGate();
  reason: unknown;

  override getLogger(): Logger {
    return createMemoryLogger();
  }

  override onServiceStop(): void {
    this.log.push("onServiceStop");
  }

  @exposedMethod()
  async wait(): Promise<string> {
    this.entered.open();
    await this.gate.promise;
    this.log.push("ended");
    return "done";
  }

  @exposedMethod()
  async short_work(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 100));
    this.log.push("ended");
  }

  @exposedMethod({ requiresHandlerReference: true })
  async until_aborted(context: RequestContext): Promise<void> {
    this.entered.open();
    await new Promise<void>((resolve) =>
      context.signal.addEventListener("abort", () => {
        this.reason = context.signal.reason;
        resolve();
      })
    );
    this.log.push("aborted");
    this.gate.open();
  }
}

function toCall(method: string, id?: number): string {
  return JSON.stringify({ jsonrpc: "2.0", method, id });
}

function portOf(service: MicroService): number {
  return Number(new URL(service.url).port);
}

Deno.test("stop() lets a call in flight finish and answers it", async () => {
  const service = new GatedService();
  await service.start();
  const answer = exchange(portOf(service), toPost(toCall("wait", 7)));
  await service.entered.promise;

  const stopped = service.stop();
  service.gate.open();

  assertEquals((await answer)?.body, '{"jsonrpc":"2.0","result":"done","id":7}');
  await stopped;
  assertEquals(service.log, ["ended", "onServiceStop"]);
});

Deno.test("stop() answers a call that outlasts shutdownTimeoutMs with Service stopped", async () => {
  const service = new GatedService();
  service.shutdownTimeoutMs = 50;
  await service.start();
  const answer = exchange(portOf(service), toPost(toCall("wait", 7)));
  await service.entered.promise;

  const begin = performance.now();
  await service.stop();
  const tookMs = performance.now() - begin;

  const expected = '{"jsonrpc":"2.0","error":{"code":-32003,"message":"Service stopped"},"id":7}';
  assertEquals((await answer)?.body, expected);
  assert(tookMs < 3_000, `took ${tookMs} ms`);
  service.gate.open();
});

Deno.test("stop() aborts the signal of a call that outlasts shutdownTimeoutMs", async () => {
  const service = new GatedService();
  service.shutdownTimeoutMs = 20;
  await service.start();
  const answer = exchange(portOf(service), toPost(toCall("until_aborted", 1)));
  await service.entered.promise;

  await service.stop();
  await service.gate.promise;
  await answer;

  assertEquals((service.reason as DOMException).name, "AbortError");
});

Deno.test("stop() waits for a notification that runs in the background", async () => {
  const service = new GatedService();
  await service.start();
  const answer = await exchange(portOf(service), toPost(toCall("wait")));
  await service.entered.promise;

  const stopped = service.stop();
  service.gate.open();
  await stopped;

  assertEquals(answer?.status, 204);
  assertEquals(service.log, ["ended", "onServiceStop"]);
});

Deno.test("stop() waits for a notification whose body arrives while it drains", async () => {
  const service = new GatedService();
  await service.start();
  const connection = await RawConnection.open(portOf(service));
  const post = toPost(toCall("short_work"), ["Expect: 100-continue"]);
  connection.write(post.subarray(0, post.length - 5));
  // The service has the head now, and waits for the body.
  await connection.read();

  const stopped = service.stop();
  connection.write(post.subarray(post.length - 5));
  await stopped;
  const whenStopped = [...service.log];
  await new Promise((resolve) => setTimeout(resolve, 150));
  await connection.close();

  // Whether it still runs is up to the runtime; but then not behind the back of whoever waits for the stop.
  assertEquals(service.log, whenStopped);
});

Deno.test("stop() answers or closes, but blames nobody, when a body arrives while it drains", async () => {
  const service = new GatedService();
  service.gate.open();
  await service.start();
  const connection = await RawConnection.open(portOf(service));
  const post = toPost(toCall("wait", 1), ["Expect: 100-continue"]);
  connection.write(post.subarray(0, post.length - 5));
  await connection.read();

  const stopped = service.stop();
  connection.write(post.subarray(post.length - 5));

  const answer = await connection.read();
  await stopped;
  await connection.closed;
  const allowed = service.log.includes("ended")
    ? ['{"jsonrpc":"2.0","result":"done","id":1}']
    : [undefined, '{"jsonrpc":"2.0","error":{"code":-32003,"message":"Service stopped"},"id":null}'];
  assert(allowed.includes(answer?.body), answer?.body);
});

for (
  const [what, cut] of [["head", 30], ["body", -5]] as const
) {
  Deno.test(`stop() does not hang on a half-sent ${what}`, async () => {
    const service = new GatedService();
    service.shutdownTimeoutMs = 50;
    await service.start();
    const connection = await RawConnection.open(portOf(service));
    await connection.flush(toPost(toCall("wait", 1)).subarray(0, cut));
    // An answer on another connection says that the first bytes have had their turn.
    await exchange(portOf(service), toPost(toCall("nothing", 1)));

    const begin = performance.now();
    await service.stop();
    const tookMs = performance.now() - begin;

    assert(tookMs < 3_000, `took ${tookMs} ms`);
    await connection.close();
  });
}

Deno.test("stop() leaves no connection behind on which a method can still be run", async () => {
  const service = new GatedService();
  service.gate.open();
  service.shutdownTimeoutMs = 50;
  await service.start();
  const connection = await RawConnection.open(portOf(service));
  const post = toPost(toCall("wait", 1), ["Expect: 100-continue"]);
  connection.write(post.subarray(0, post.length - 5));
  await connection.read();

  await service.stop();
  connection.write(post.subarray(post.length - 5));
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([connection.closed, new Promise((resolve) => timer = setTimeout(resolve, 300))]);
  clearTimeout(timer);
  await connection.close();

  assertEquals(service.log, ["onServiceStop"]);
});

Deno.test("stop() closes idle keep-alive connections at once", async () => {
  const service = new GatedService();
  await service.start();
  const connection = await RawConnection.open(portOf(service));
  connection.write(toPost(toCall("nothing", 1)));
  await connection.read();

  await service.stop();
  await connection.closed;

  assertEquals(connection.unread, 0);
});

Deno.test({
  name: "stop() answers a request that has arrived, and that nobody has read yet",
  // Its own shutdown ends idle connections without a look at what has arrived.
  ignore: "Deno" in globalThis,
  fn: async () => {
    const service = new GatedService();
    await service.start();
    const connection = await RawConnection.open(portOf(service));
    connection.write(toPost(toCall("short_work", 1)));
    await connection.read();

    connection.write(toPost(toCall("short_work", 2)));
    const stopped = service.stop();
    const answer = await connection.read();
    await stopped;
    await connection.closed;

    assertEquals(answer?.status, 200);
    assertEquals(service.log, ["ended", "ended", "onServiceStop"]);
  },
});

Deno.test("stop() refuses new connections from its first moment", async () => {
  const service = new GatedService();
  await service.start();
  const port = portOf(service);
  const answer = exchange(port, toPost(toCall("wait", 1)));
  await service.entered.promise;

  const stopped = service.stop();
  const late = await exchange(port, toPost(toCall("nothing", 2))).catch(() => undefined);
  service.gate.open();
  await stopped;
  await answer;

  assertEquals(late, undefined);
});

Deno.test("stop() with pipelined calls answers all in their order when the first ends last", async () => {
  const service = new GatedService();
  await service.start();
  const connection = await RawConnection.open(portOf(service));
  for (const method of ["wait", "short_work", "short_work"]) connection.write(toPost(toCall(method, 1)));
  await service.entered.promise;
  // The others have been read when an answer comes on another connection.
  await exchange(portOf(service), toPost(toCall("short_work", 9)));

  const stopped = service.stop();
  setTimeout(() => service.gate.open(), 150);
  const bodies = [];
  for (let answer = await connection.read(); answer !== undefined; answer = await connection.read()) {
    bodies.push(JSON.parse(answer.body).result);
  }
  await stopped;

  const ran = service.log.filter((entry) => entry === "ended").length - 1;
  assertEquals(bodies.length, ran);
  assertEquals(bodies[0], "done");
});

Deno.test("the signal of a call aborts when the caller goes away", async () => {
  const service = new GatedService();
  await service.start();
  const connection = await RawConnection.open(portOf(service));
  connection.write(toPost(toCall("until_aborted", 1)));
  await service.entered.promise;

  await connection.close();
  await service.gate.promise;

  assertEquals(service.log, ["aborted"]);
  await service.stop();
});
