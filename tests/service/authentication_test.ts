import { assert, assertEquals, assertFalse } from "@std/assert";
import {
  BasicCookieStrategy,
  exposedMethod,
  HeaderValidationStrategy,
  isSameToken,
  MicroService,
  type RequestContext,
  type ValidationStrategy,
} from "@gemstone/gemstone";
import { call, createMemoryLogger, notify, send } from "../support/service.ts";

class Guarded extends MicroService {
  override name = "guarded";
  readonly asked: string[] = [];
  runs = 0;
  readonly memory = createMemoryLogger();

  override getLogger(): typeof this.memory {
    return this.memory;
  }
  override apiTokenIsValid(token: string): boolean | Promise<boolean> {
    this.asked.push(token);
    return token === "right";
  }
  @exposedMethod({ private: true })
  secret(): string {
    this.runs++;
    return "secret";
  }
  @exposedMethod()
  open(): string {
    return "open";
  }
  @exposedMethod({ private: true, requiresHandlerReference: true })
  who(context: RequestContext): unknown {
    return context.principal;
  }
  @exposedMethod({ requiresHandlerReference: true })
  nobody(context: RequestContext): unknown {
    return context.principal ?? null;
  }
}

const fail = (): never => {
  throw new Error("swordfish");
};
const custom = (token: string | null | undefined): ValidationStrategy => ({ extractApiToken: () => token });
const header = new HeaderValidationStrategy();

for (
  const [what, strategies, headers, asked, isGranted] of [
    ["no header", [header], {}, [], false],
    ["the right header", [header], { "X-Api-Token": "right" }, ["right"], true],
    ["a name in other case", [header], { "x-API-token": "right" }, ["right"], true],
    ["a wrong token", [header], { "x-api-token": "wrong" }, ["wrong"], false],
    ["an empty token", [header], { "x-api-token": "" }, [""], false],
    ["another header", [header], { "x-token": "right" }, [], false],
    ["a header of another name", [new HeaderValidationStrategy("X-T")], { "x-t": "right" }, ["right"], true],
    ["a cookie", [new BasicCookieStrategy()], { cookie: "a=b; AuthToken=right" }, ["right"], true],
    ["a cookie in other case", [new BasicCookieStrategy()], { cookie: "authtoken=right" }, [], false],
    ["a cookie of another name", [new BasicCookieStrategy("T")], { cookie: "T=right" }, ["right"], true],
    ["no cookie", [new BasicCookieStrategy()], {}, [], false],
    ["a broken cookie header", [new BasicCookieStrategy()], { cookie: "=;;AuthToken" }, [], false],
    ["a cookie named __proto__", [new BasicCookieStrategy("toString")], { cookie: "__proto__=x" }, [], false],
    ["no strategy", [], { "x-api-token": "right" }, [], false],
    ["two strategies, the second finds", [header, new BasicCookieStrategy()], { cookie: "AuthToken=right" }, [
      "right",
    ], true],
    [
      "two strategies, the first wins",
      [header, new BasicCookieStrategy()],
      { "x-api-token": "wrong", cookie: "AuthToken=right" },
      ["wrong"],
      false,
    ],
    [
      "a template",
      [new HeaderValidationStrategy("Authorization", (v) => /^Bearer (.+)$/.exec(v)?.[1])],
      {
        authorization: "Bearer right",
      },
      ["right"],
      true,
    ],
    [
      "a template that finds nothing",
      [new HeaderValidationStrategy("Authorization", () => undefined), custom("right")],
      {
        authorization: "x",
      },
      ["right"],
      true,
    ],
    [
      "a template that throws",
      [new HeaderValidationStrategy("X-Api-Token", fail)],
      { "x-api-token": "right" },
      [],
      false,
    ],
    [
      "a template that throws before a strategy that finds",
      [new BasicCookieStrategy("T", fail), custom("right")],
      {
        cookie: "T=1",
      },
      ["right"],
      true,
    ],
    ["a template where nothing was sent", [new HeaderValidationStrategy("X-Api-Token", fail)], {}, [], false],
    ["a strategy that throws", [{ extractApiToken: fail }], {}, [], false],
    ["a strategy that returns null", [custom(null)], {}, [], false],
    ["a strategy that returns undefined", [custom(undefined)], {}, [], false],
  ] as const
) {
  Deno.test(`a private method with ${what} is ${isGranted ? "granted" : "denied"}`, async () => {
    const service = new Guarded();
    service.validationStrategies = strategies;

    const reply = await call(service, "secret", undefined, headers as Record<string, string>);

    assertEquals(
      reply.result ?? reply.error,
      isGranted ? "secret" : { code: -32001, message: "Access denied" },
    );
    assertEquals(service.asked, [...asked]);
    assertEquals(service.runs, isGranted ? 1 : 0);
  });
}

for (
  const [what, authenticate, code] of [
    ["false", () => false, -32001],
    ["null", () => null, -32001],
    ["undefined", () => undefined, -32001],
    ["an empty text", () => "", -32001],
    ["a promise of false", () => Promise.resolve(false), -32001],
    ["an exception", fail, -32603],
    ["a rejection", () => Promise.reject(new Error("swordfish")), -32603],
  ] as const
) {
  Deno.test(`authenticateRequest() with ${what} fails closed`, async () => {
    const service = new Guarded();
    service.authenticateRequest = authenticate;

    const reply = await call(service, "secret");

    assertEquals(reply.error.code, code);
    assertFalse("data" in reply.error);
    assertEquals(service.runs, 0);
  });
}

Deno.test("authenticateRequest() that throws fails its own calls of a batch only", async () => {
  const service = new Guarded();
  service.authenticateRequest = fail;
  const request = (method: string, id: number) => ({ jsonrpc: "2.0", method, id });

  const replies = await send(service, [request("secret", 1), request("open", 2), request("secret", 3)]);

  assertEquals(
    (replies as { error?: { code: number }; result?: unknown }[]).map((reply) =>
      reply.error?.code ?? reply.result
    ),
    [-32603, "open", -32603],
  );
});

Deno.test("what authenticateRequest() returns is the principal of the call", async () => {
  const service = new Guarded();
  service.authenticateRequest = (context) => Promise.resolve({ user: context.headers.get("x-user") });

  assertEquals((await call(service, "who", [], { "x-user": "ann" })).result, { user: "ann" });
  assertEquals((await call(service, "nobody", [], { "x-user": "ann" })).result, null);
});

Deno.test("apiTokenIsValid() may be asynchronous", async () => {
  const service = new Guarded();
  service.apiTokenIsValid = (token) => Promise.resolve(token === "later");

  assertEquals((await call(service, "secret", [], { "x-api-token": "later" })).result, "secret");
  assertEquals((await call(service, "secret", [], { "x-api-token": "right" })).error.code, -32001);
});

Deno.test("without apiTokenIsValid() every token is denied", async () => {
  class Closed extends MicroService {
    override name = "closed";
    @exposedMethod({ private: true })
    secret(): void {}
  }

  assertEquals((await call(new Closed(), "secret", [], { "x-api-token": "any" })).error.code, -32001);
});

Deno.test("a denied caller learns nothing of the parameters", async () => {
  assertEquals((await call(new Guarded(), "secret", [1, 2, 3])).error, {
    code: -32001,
    message: "Access denied",
  });
});

Deno.test("a denied notification runs nothing and is answered like any other", async () => {
  const service = new Guarded();

  const response = await notify(service, "secret");
  await response.text();

  assertEquals([response.status, service.runs], [204, 0]);
});

for (
  const [given, expected, isSame] of [
    ["a", "a", true],
    ["a", "b", false],
    ["a", "aa", false],
    ["aa", "a", false],
    ["abab", "ab", false],
    ["", "a", false],
    ["a", "", false],
    ["", "", false],
    ["ä😀", "ä😀", true],
    ["a\0", "a", false],
    ["\ud800", "\ufffd", true],
  ] as const
) {
  Deno.test(`isSameToken(${JSON.stringify(given)}, ${JSON.stringify(expected)}) is ${isSame}`, () => {
    assert(isSameToken(given, expected) === isSame);
  });
}

class Forgotten extends MicroService {
  override name = "forgotten";
  readonly memory = createMemoryLogger();
  override getLogger(): typeof this.memory {
    return this.memory;
  }
  @exposedMethod({ private: true })
  secret(): number {
    return 1;
  }
  @exposedMethod({ name: "admin.stop", private: true })
  end(): number {
    return 2;
  }
  @exposedMethod()
  open(): number {
    return 3;
  }
}

Deno.test("a service warns once of private methods that nobody can call", async () => {
  const service = new Forgotten();

  assertEquals((await call(service, "secret")).error.code, -32001);
  assertEquals((await call(service, "open")).result, 3);

  assertEquals(service.memory.records.map(({ level, message }) => [level, message]), [[
    "warn",
    "Nobody can call secret, admin.stop: private, but neither apiTokenIsValid nor authenticateRequest is overridden",
  ]]);
});

Deno.test("a service does not warn when it decides about callers, or has nothing private", async () => {
  class ByToken extends Forgotten {
    override apiTokenIsValid = () => false;
  }
  class ByRequest extends Forgotten {
    override authenticateRequest = () => undefined;
  }

  for (const service of [new ByToken(), new ByRequest(), new Guarded()]) {
    await call(service, "open");
    assertEquals(service.memory.records, []);
  }
});
