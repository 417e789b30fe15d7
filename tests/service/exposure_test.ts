import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Container,
  exposedMethod,
  MicroService,
  Module,
  ServiceConfigurationError,
} from "@gemstone/gemstone";
import { call, post } from "../support/service.ts";

class Base extends MicroService {
  override name = "exposing";
  #secret = "secret";

  @exposedMethod()
  inherited(): string {
    return this.#secret;
  }
  @exposedMethod()
  overridden(): string {
    return "base";
  }
  @exposedMethod()
  hidden(): string {
    return "base";
  }
  not_decorated(): string {
    return "leak";
  }
}

class Derived extends Base {
  @exposedMethod("overridden")
  override overridden(): string {
    return `derived of ${super.overridden()}`;
  }
  override hidden(): string {
    return "leak";
  }
}

for (
  const [method, result] of [
    ["inherited", "secret"],
    ["overridden", "derived of base"],
    ["hidden", -32601],
    [
      "not_decorated",
      -32601,
    ],
    ["start", -32601],
    ["stop", -32601],
    ["fetch", -32601],
    ["getLogger", -32601],
    ["expose", -32601],
  ] as const
) {
  Deno.test(`a derived class answers ${method} with ${result}`, async () => {
    const reply = await call(new Derived(), method);

    assertEquals(reply.result ?? reply.error.code, result);
  });
}

Deno.test("a derived class leaves its base class as it was", async () => {
  new Derived();

  assertEquals((await call(new Base(), "hidden")).result, "base");
});

class Users extends Container {
  constructor(readonly greeting = "hello") {
    super();
  }
  @exposedMethod("users.greet")
  greet(name: string): string {
    return `${this.greeting} ${name} at ${this.microservice.name}`;
  }
}

class Shop extends MicroService {
  override name = "shop";
  override modules: Container[] = [new Users()];
}

Deno.test("a container contributes its methods and knows its service", async () => {
  assertEquals((await call(new Shop(), "users.greet", { name: "ann" })).result, "hello ann at shop");
  assertEquals(Module, Container);
});

Deno.test("a container without service says so", () => {
  assertThrows(() => new Users().microservice, ServiceConfigurationError, "Users");
});

Deno.test("a container serves one service only", async () => {
  const first = new Shop();
  const second = new Shop();
  second.modules = first.modules;
  await call(first, "users.greet", ["ann"]);

  await assertRejects(() => call(second, "users.greet", ["ann"]), ServiceConfigurationError, "two services");
});

Deno.test("two services of one process keep to themselves", async () => {
  const first = new Shop();
  const second = new Shop();
  second.name = "other";
  second.modules = [new Users("good evening")];

  assertEquals((await call(first, "users.greet", ["ann"])).result, "hello ann at shop");
  assertEquals((await call(second, "users.greet", ["ann"])).result, "good evening ann at other");
});

Deno.test("two methods of one name are refused with both owners in the text", async () => {
  const twice = new Shop();
  twice.modules = [new Users(), new Users()];
  class Same extends Base {
    @exposedMethod("inherited")
    again(): void {}
  }

  const error = await assertRejects(() => call(twice, "x"), ServiceConfigurationError, '"users.greet" twice');
  await assertRejects(() => call(new Same(), "x"), ServiceConfigurationError, "Same.");

  assertEquals(error.code, "ERR_SERVICE_CONFIGURATION");
});

Deno.test("a service that can not be prepared changes nothing in its containers", async () => {
  const broken = new Shop();
  broken.modules = [...broken.modules, new Users()];
  await assertRejects(() => call(broken, "x"), ServiceConfigurationError);
  const mended = new Shop();
  mended.modules = [broken.modules[0]!];

  const reply = await call(mended, "users.greet", ["ann"]);

  assertEquals(reply.result, "hello ann at shop");
});

Deno.test("expose() works after a start that failed", async () => {
  const service = new Shop();
  service.name = "";
  await assertRejects(() => call(service, "x"), ServiceConfigurationError);
  service.name = "shop";
  service.expose("one", () => 1);

  assertEquals((await call(service, "one")).result, 1);
});

Deno.test("expose() binds the function to the service and reads its parameters", async () => {
  const service = new Shop();
  service.expose("name_and", function (this: Shop, a: number, b = 2) {
    return [this.name, a, b];
  });

  assertEquals((await call(service, "name_and", { a: 1 })).result, ["shop", 1, 2]);
  assertEquals((await call(service, "name_and")).error.data, { reason: "Missing parameter: a" });
});

Deno.test("expose() takes declared parameters where the text does not tell", async () => {
  const service = new Shop();
  service.expose("max", Math.max, { params: ["...numbers"] });
  service.expose("pick", ({ a }: { a: number }) => a, { params: ["object"] });

  assertEquals((await call(service, "max", [1, 3, 2])).result, 3);
  assertEquals((await call(service, "pick", { object: { a: 5 } })).result, 5);
});

Deno.test("a bound function without declared parameters is refused, not exposed with none", async () => {
  const service = new Shop();
  service.expose("bound", ((a: number) => a).bind(null));

  await assertRejects(() => call(service, "bound", [1]), ServiceConfigurationError, "params");
});

Deno.test("expose() refuses what is no function, a bad name, and a late call", async () => {
  const service = new Shop();
  assertThrows(() => service.expose("x", 1 as unknown as () => void), TypeError, "got number");
  assertThrows(() => service.expose("rpc.x", () => 1), TypeError, "rpc.x");
  await (await post(service, "")).text();

  assertThrows(() => service.expose("late", () => 1), ServiceConfigurationError, "is in use");
});

Deno.test("expose() copies its options", async () => {
  const service = new Shop();
  const options = { private: true };
  service.expose("secret", () => 1, options);
  options.private = false;

  assertEquals((await call(service, "secret")).error.code, -32001);
});

Deno.test("expose() works after a request that could not be answered", async () => {
  const service = new Shop();
  service.endpoint = "none";
  await assertRejects(() => call(service, "x"), ServiceConfigurationError);
  service.endpoint = "/api";
  service.expose("one", () => 1);

  assertEquals((await call(service, "one")).result, 1);
});

Deno.test("a service of which one module is taken takes none of the others", async () => {
  const taken = new Users();
  const first = new Shop();
  first.modules = [taken];
  await call(first, "x");
  const free = new Users();
  const second = new Shop();
  second.modules = [free, taken];

  await assertRejects(() => call(second, "x"), ServiceConfigurationError);

  assertThrows(() => free.microservice, ServiceConfigurationError);
});

for (const modules of [[Users], [undefined], "users", null, [{}]]) {
  Deno.test(`modules that are ${JSON.stringify(modules)} are refused by name`, async () => {
    const service = new Shop();
    service.modules = modules as unknown as Shop["modules"];

    await assertRejects(() => call(service, "x"), ServiceConfigurationError, "modules");
  });
}
