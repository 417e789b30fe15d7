/** What `RemoteService` makes of a real service class: its types, and calls that reach it without a socket. */
import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { MethodCall, Notification } from "../../src/client/call.ts";
import { RemoteService } from "../../src/client/remote_service.ts";
import { InvalidParamsError, MethodNotFoundError } from "../../src/errors.ts";
import type { RequestContext } from "../../src/rpc/context.ts";
import { exposedMethod } from "../../src/service/exposure.ts";
import { MicroService } from "../../src/service/micro_service.ts";

class GreetingService extends MicroService {
  override name = "greeting_service";
  override skipConfiguration = true;

  @exposedMethod()
  say_hello(name: string): string {
    return `hello ${name}`;
  }

  @exposedMethod({ requiresHandlerReference: true })
  whoami(context: RequestContext, prefix: string): string {
    return `${prefix} ${context.headers.get("x-api-token")}`;
  }

  @exposedMethod()
  async nothing(): Promise<void> {
    await Promise.resolve();
  }
}

/** A client of a service in this process. */
function createClient(responseStyle: "spec" | "legacy" = "spec"): RemoteService<GreetingService> {
  const service = new GreetingService();
  service.responseStyle = responseStyle;
  return new RemoteService("http://service.test/api", {
    auth: { type: "header", token: "s3cret" },
    fetch: (url, init) => service.fetch(new Request(url, init)),
  });
}

Deno.test("RemoteService<MicroService> calls the methods of a service class with its types", async () => {
  const { methods } = createClient();

  const greeting: string = await methods.say_hello("world");
  const named: string = await methods.say_hello({ name: "world" });
  const who: string = await methods.whoami("I am");
  const nothing: null = await methods.nothing();

  assertEquals([greeting, named, who], ["hello world", "hello world", "I am s3cret"]);
  assertStrictEquals(nothing, null);
});

Deno.test("RemoteService<MicroService> refuses what is not of the service itself", () => {
  const { methods } = createClient();

  /** Is compiled and never run. */
  function refused(context: RequestContext): unknown[] {
    return [
      // @ts-expect-error an argument of the wrong type
      methods.say_hello(1),
      // @ts-expect-error the context is not given by the caller
      methods.whoami(context, "I am"),
      // @ts-expect-error a member of every service
      methods.start(),
      // @ts-expect-error a member of every service
      methods.stop(),
      // @ts-expect-error a member of every service
      methods.fetch(new Request("http://127.0.0.1/")),
      // @ts-expect-error a member of every service
      methods.configure(),
      // @ts-expect-error a member of every service
      methods.name,
      // @ts-expect-error no such method
      methods.say_goodbye("world"),
    ];
  }

  assertEquals(typeof refused, "function");
});

for (const style of ["spec", "legacy"] as const) {
  Deno.test(`RemoteService<MicroService> understands answers in ${style} style`, async () => {
    const client = createClient(style);
    const [call, wrong] = [new MethodCall("say_hello", ["Ann"], 0), new MethodCall("say_hello", [])];

    const single = await client.callMethod(new MethodCall("say_hello", ["Bob"], ""));
    const missing = await client.callMethod("nope");
    const nothing = await client.notify("say_hello", ["nobody"]);
    const batch = await client.callBatch(wrong, new Notification("say_hello", ["x"]), call);
    const silent = await client.callBatch(new Notification("say_hello", ["x"]));

    assertEquals(single.value, "hello Bob");
    assertInstanceOf(missing.error, MethodNotFoundError);
    assertStrictEquals(nothing, undefined);
    assertEquals(batch.getResponseForCall(call)?.value, "hello Ann");
    assertInstanceOf(batch.getResponseForCall(wrong)?.error, InvalidParamsError);
    assertEquals(batch.unmatchedErrors, []);
    assertEquals(silent.length, 0);
  });
}
