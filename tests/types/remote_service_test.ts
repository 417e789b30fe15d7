/** What `RemoteService<Api>` lets compile. Each `@ts-expect-error` fails the type check when its line compiles. */
import { assertEquals, assertStrictEquals } from "@std/assert";
import type { AsyncMethodCall } from "../../src/client/async_method_call.ts";
import { RemoteService } from "../../src/client/remote_service.ts";
import type { BASE_MEMBERS, HandlerReference } from "../../src/rpc/service_type.ts";

/** Stands for `RequestContext`, which brings more. */
interface Context extends HandlerReference {
  readonly principal: unknown;
}

/** Stands for `MicroService`. */
abstract class Service {
  declare readonly [BASE_MEMBERS]?: keyof Service;
  name = "";
  port = 8000;
  start(): Promise<void> {
    return Promise.resolve();
  }
  stop(): Promise<void> {
    return Promise.resolve();
  }
  fetch(request: Request): Promise<Response> {
    return Promise.resolve(new Response(request.url));
  }
  configure(): void {}
}

class HelloWorldService extends Service {
  override name = "hello_world_service";
  greeting = "hello";
  say_hello(name: string, polite?: boolean): string {
    return this.#format(polite === true ? `dear ${name}` : name);
  }
  async count(): Promise<number> {
    return await Promise.resolve(1);
  }
  log(..._lines: string[]): void {}
  find(id: number): { readonly id: number } | undefined {
    return id > 0 ? { id } : undefined;
  }
  who(_context: Context, verbose: boolean): string {
    return String(verbose);
  }
  protected hidden(): void {}
  private secret(): void {}
  #format(name: string): string {
    this.secret();
    return `${this.greeting} ${name}`;
  }
}

interface UsersApi {
  version(): string;
  "users.register"(name: string): boolean;
  "users.roles.grant"(name: string, role: string): Promise<null>;
  users(): string[];
}

/** Holds only if the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
function holds<_T extends true>(): void {}

/** A client whose calls are recorded and answered with `null`. */
function createService<Api>(_type?: new () => Api): { service: RemoteService<Api>; sent: unknown[] } {
  const sent: unknown[] = [];
  const service = new RemoteService<Api>("http://service.test/", {
    fetch: (_url, { body }) => {
      const { method, params, id } = JSON.parse(String(body));
      sent.push([method, params]);
      return Promise.resolve(Response.json({ jsonrpc: "2.0", result: null, id }));
    },
  });
  return { service, sent };
}

Deno.test("RemoteService<Service> types the methods of a service class", async () => {
  const { service, sent } = createService(HelloWorldService);

  const greeting = service.methods.say_hello("world");
  const count = service.methods.count();
  const nothing = service.methods.log("a", "b");
  const found = service.methods.find(1);
  const who = service.methods.who(true);
  await Promise.all([greeting, count, nothing, found, who, service.methods.say_hello({ name: "world" })]);

  holds<Same<typeof greeting, Promise<string>>>();
  holds<Same<typeof count, Promise<number>>>();
  holds<Same<typeof nothing, Promise<null>>>();
  holds<Same<typeof found, Promise<{ readonly id: number } | null>>>();
  holds<Same<typeof who, Promise<string>>>();
  assertEquals(sent, [
    ["say_hello", ["world"]],
    ["count", undefined],
    ["log", ["a", "b"]],
    ["find", [1]],
    ["who", [true]],
    ["say_hello", { name: "world" }],
  ]);
});

Deno.test("RemoteService<Service> refuses wrong arguments and foreign members", () => {
  const { service, sent } = createService(HelloWorldService);
  const { methods, asyncMethods, notifications } = service;

  /** Is compiled and never run. */
  function refused(context: Context): unknown[] {
    return [
      // @ts-expect-error an argument of the wrong type
      methods.say_hello(1),
      // @ts-expect-error the second one too
      methods.say_hello("world", "yes"),
      // @ts-expect-error an argument is missing
      methods.say_hello(),
      // @ts-expect-error one too many
      methods.say_hello("world", true, 1),
      // @ts-expect-error the context is not given by the caller
      methods.who(context, true),
      // @ts-expect-error no such method
      methods.say_goodbye("world"),
      // @ts-expect-error no method but a field
      methods.greeting(),
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
      // @ts-expect-error a protected method
      methods.hidden(),
      // @ts-expect-error a private method
      methods.secret(),
      // @ts-expect-error the same for calls under way
      asyncMethods.say_hello(1),
      // @ts-expect-error the same for notifications
      notifications.say_hello(1),
      // @ts-expect-error the proxy has no methods of its own
      methods.then,
    ];
  }

  assertEquals(typeof refused, "function");
  assertEquals(sent, []);
});

Deno.test("RemoteService<Service> types calls under way and notifications", async () => {
  const { service, sent } = createService(HelloWorldService);

  const call = service.asyncMethods.say_hello("world");
  const note = service.notifications.log("x");
  // The client that answers a notification with a result for no id is a lenient one.
  const [value, nothing] = await Promise.all([call, note]);

  holds<Same<typeof call, AsyncMethodCall<string>>>();
  holds<Same<typeof note, Promise<undefined>>>();
  holds<Same<typeof value, string>>();
  assertStrictEquals(nothing, undefined);
  assertEquals(sent.length, 2);
});

Deno.test("RemoteService<Api> types dotted names, nested and indexed", async () => {
  const { service, sent } = createService<UsersApi>();

  const nested = service.methods.users.register("ann");
  const indexed = service.methods["users.register"]("ann");
  const deeper = service.methods.users.roles.grant("ann", "admin");
  const group = service.methods.users();
  await Promise.all([nested, indexed, deeper, group, service.methods.version()]);

  holds<Same<typeof nested, Promise<boolean>>>();
  holds<Same<typeof indexed, Promise<boolean>>>();
  holds<Same<typeof deeper, Promise<null>>>();
  holds<Same<typeof group, Promise<string[]>>>();
  assertEquals(sent.map((item) => (item as [string])[0]), [
    "users.register",
    "users.register",
    "users.roles.grant",
    "users",
    "version",
  ]);
});

Deno.test("RemoteService<Api> refuses wrong arguments of dotted names", () => {
  const { service, sent } = createService<UsersApi>();

  /** Is compiled and never run. */
  function refused(): unknown[] {
    return [
      // @ts-expect-error an argument of the wrong type
      service.methods.users.register(1),
      // @ts-expect-error an argument of the wrong type
      service.methods["users.register"](1),
      // @ts-expect-error no such method in the group
      service.methods.users.remove("ann"),
      // @ts-expect-error a group is no method
      service.methods.users.roles(),
    ];
  }

  assertEquals(typeof refused, "function");
  assertEquals(sent, []);
});

Deno.test("RemoteService without a type takes any method", async () => {
  const { service, sent } = createService();

  const value: number | null = await service.methods.anything.at.all(1, "x", { y: 2 });
  const typed = await service.callMethod<string>("other", ["x"]);

  holds<Same<typeof typed.value, string | undefined>>();
  assertStrictEquals(value, null);
  assertEquals(sent, [["anything.at.all", [1, "x", { y: 2 }]], ["other", ["x"]]]);
});

Deno.test("RemoteService<Service> is accepted where any RemoteService is", () => {
  const { service } = createService(HelloWorldService);

  const anyService: RemoteService = service;

  assertStrictEquals(anyService, service);
});
