import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  asyncMethod,
  exposedMethod,
  MicroService,
  privateApiMethod,
  publicMethod,
  type RequestContext,
  requiresHandlerReference,
  type RpcFunction,
  type ServiceMethodDecorator,
} from "@gemstone/gemstone";
import { call } from "../support/service.ts";

class Base extends MicroService {
  override name = "decorated";
  override apiTokenIsValid(token: string): boolean {
    return token === "t";
  }
}

Deno.test("exposedMethod() exposes by the own name, by another, and by a name in options", async () => {
  class Named extends Base {
    @exposedMethod()
    own(): string {
      return "own";
    }
    @exposedMethod("users.list")
    other(): string {
      return "other";
    }
    @exposedMethod({ name: "a.b2_" })
    third(): string {
      return "third";
    }
  }
  const service = new Named();

  assertEquals((await call(service, "own")).result, "own");
  assertEquals((await call(service, "users.list")).result, "other");
  assertEquals((await call(service, "a.b2_")).result, "third");
  assertEquals((await call(service, "other")).error.code, -32601);
});

for (
  const name of ["_x", "1x", "a-b", "a b", "é", "a..b", "a.", ".a", "rpc.x", "a\n", "", "a.b.", "__proto__"]
) {
  Deno.test(`exposedMethod() refuses the name ${JSON.stringify(name)}`, () => {
    assertThrows(
      () => {
        class Refused extends Base {
          @exposedMethod(name)
          m(): void {}
        }
        return Refused;
      },
      TypeError,
      "Cannot expose method",
    );
  });
}

/** Applies a decorator as a compiler would. */
function decorate(
  decorator: unknown,
  context: Partial<ClassMethodDecoratorContext> | { readonly kind: string },
): void {
  const full = { kind: "method", name: "m", static: false, private: false, ...context };
  (decorator as ServiceMethodDecorator)(() => {}, full as ClassMethodDecoratorContext);
}

const DECORATORS = {
  "exposedMethod()": exposedMethod(),
  publicMethod,
  privateApiMethod,
  asyncMethod,
  requiresHandlerReference,
};

for (const [decoratorName, decorator] of Object.entries(DECORATORS)) {
  for (
    const [what, context] of [
      ["a static method", { static: true }],
      ["a private method", { private: true, name: "#m" }],
      ["a symbol", { name: Symbol("m") }],
      ["a getter", { kind: "getter" }],
      ["a setter", { kind: "setter" }],
      ["a field", { kind: "field" }],
      ["an accessor", { kind: "accessor" }],
      ["a class", { kind: "class", name: undefined }],
    ] as const
  ) {
    Deno.test(`@${decoratorName} refuses ${what}`, () => {
      assertThrows(
        () => decorate(decorator, context as Partial<ClassMethodDecoratorContext>),
        TypeError,
        "only public instance methods",
      );
    });
  }

  Deno.test(`@${decoratorName} refuses legacy decorators`, () => {
    const legacy = decorator as unknown as (target: object, key: string, descriptor: object) => void;

    assertThrows(() => legacy(Base.prototype, "m", { value: () => {} }), TypeError, "legacy");
  });
}

Deno.test("@exposedMethod without parentheses is refused", () => {
  const decorator = exposedMethod as unknown as (fn: RpcFunction, context: object) => void;

  assertThrows(() => decorator(() => {}, { kind: "method", name: "m" }), TypeError, "with parentheses");
});

Deno.test("@exposedMethod without parentheses is refused with legacy decorators too", () => {
  const decorator = exposedMethod as unknown as (target: object, key: string, descriptor: object) => void;

  const error = assertThrows(() => decorator(Base.prototype, "m", { value: () => {} }), TypeError);

  assertMatch(error.message, /legacy|parentheses/);
});

const context = { getName: (value: RequestContext): string => value.constructor.name };

class Deprecated extends Base {
  @publicMethod
  open(a: number): number {
    return a;
  }
  @privateApiMethod
  secret(): string {
    return "secret";
  }
  @publicMethod
  @asyncMethod
  async outer(): Promise<number> {
    return await Promise.resolve(1);
  }
  @asyncMethod
  @publicMethod
  async inner(): Promise<number> {
    return await Promise.resolve(2);
  }
  @requiresHandlerReference
  @publicMethod
  referenceFirst(value: RequestContext, a: number): unknown[] {
    return [context.getName(value), a];
  }
  @publicMethod
  @requiresHandlerReference
  referenceLast(value: RequestContext, a: number): unknown[] {
    return [context.getName(value), a];
  }
  @publicMethod
  @privateApiMethod
  privateInside(): string {
    return "secret";
  }
  @privateApiMethod
  @publicMethod
  privateOutside(): string {
    return "secret";
  }
  @exposedMethod("renamed")
  @privateApiMethod
  renamedOutside(): string {
    return "secret";
  }
  @privateApiMethod
  @exposedMethod("renamed2")
  renamedInside(): string {
    return "secret";
  }
  @asyncMethod
  hidden(): number {
    return 1;
  }
  @requiresHandlerReference
  hiddenToo(_value: RequestContext): number {
    return 1;
  }
}

for (
  const [method, params, result] of [
    ["open", [1], 1],
    ["outer", [], 1],
    ["inner", [], 2],
    ["referenceFirst", { a: 3 }, ["RequestContext", 3]],
    ["referenceLast", [3], ["RequestContext", 3]],
  ] as const
) {
  Deno.test(`the deprecated decorators expose ${method}`, async () => {
    assertEquals((await call(new Deprecated(), method, params)).result, result);
  });
}

for (const method of ["secret", "privateInside", "privateOutside", "renamed", "renamed2"]) {
  Deno.test(`the deprecated decorators keep ${method} private in each order`, async () => {
    const service = new Deprecated();

    assertEquals((await call(service, method)).error.code, -32001);
    assertEquals((await call(service, method, [], { "x-api-token": "t" })).result, "secret");
  });
}

for (const method of ["hidden", "hiddenToo", "renamedOutside", "renamedInside"]) {
  Deno.test(`the deprecated decorators do not expose ${method}`, async () => {
    assertEquals((await call(new Deprecated(), method)).error.code, -32601);
  });
}

Deno.test("two decorators that expose one method are refused, so that no name is lost", () => {
  assertThrows(
    () =>
      class {
        @exposedMethod("a")
        @exposedMethod("b")
        method(): void {}
      },
    TypeError,
    'it is exposed as "b" already',
  );
});
