import { assertEquals, assertNotStrictEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { type ModuleExports, TargetFinder } from "../../src/runtime/worker_target.ts";

class Users {
  readonly self: this = this;
  list(...names: string[]): string[] {
    return names;
  }
  me(): this {
    return this;
  }
}

function find(
  exports: ModuleExports,
  exportName: string | undefined,
  method?: string,
  finder: TargetFinder = new TargetFinder(),
): (args: readonly unknown[]) => unknown {
  return finder.find({ module: "file:///users.ts", exportName, method }, exports);
}

Deno.test("find() calls an exported function with its arguments and without this", () => {
  function both(this: unknown, ...args: unknown[]): unknown[] {
    return [this, ...args];
  }

  assertEquals(find({ both }, "both")([1, undefined]), [undefined, 1, undefined]);
  assertEquals(find({ default: both }, undefined)([]), [undefined]);
});

Deno.test("find() makes one instance of a class", () => {
  const finder = new TargetFinder();

  const first = find({ Users }, "Users", "me", finder)([]);
  const second = find({ Users, other: 1 }, "Users", "me", finder)([]);

  assertStrictEquals(first, second);
  assertNotStrictEquals(find({ Users }, "Users", "me")([]), first);
});

const NAMINGS: readonly (readonly [what: string, exports: ModuleExports, name: string | undefined])[] = [
  ["its export", { Users }, "Users"],
  ["its own name, exported under another", { People: Users }, "Users"],
  ["its own name as the default export", { default: Users }, "Users"],
  ["the default export", { default: Users }, undefined],
  ["the name that a class without one has", { default: Users }, "default"],
];

for (const [what, exports, name] of NAMINGS) {
  Deno.test(`find() finds a class by ${what}`, () => {
    assertEquals(find(exports, name, "list")(["a", "b"]), ["a", "b"]);
  });
}

Deno.test("find() takes the nearest class that there is", () => {
  class Admins extends Users {}
  const target = {
    module: "file:///users.ts",
    exportName: "Guests",
    baseNames: ["Admins", "Users"],
    method: "me",
  };

  const nearest = new TargetFinder().find(target, { Users, Admins })([]);
  const farther = new TargetFinder().find(target, { Users })([]);

  assertEquals([nearest, farther].map((found) => (found as object).constructor), [Admins, Users]);
  assertThrows(
    () => new TargetFinder().find(target, { five: 5 }),
    TypeError,
    'exports no class "Guests" or "Admins" or "Users"; it exports five',
  );
});

Deno.test("find() takes an exported instance as it is", () => {
  const users = new Users();

  assertStrictEquals(find({ default: users }, "Users", "me")([]), users);
  assertStrictEquals(find({ default: users }, undefined, "me")([]), users);
});

const MISSING: readonly (readonly [name: string | undefined, method: string | undefined, text: string])[] = [
  ["users", undefined, 'file:///users.ts exports no function "users"; it exports Users, five'],
  ["five", undefined, 'exports no function "five"'],
  ["People", "list", 'exports no class "People"; it exports Users, five'],
  ["five", "list", 'exports no class "five"'],
  [undefined, "list", 'exports no class "default"'],
  [
    "Users",
    "missing",
    "Cannot run Users.missing in a worker: the class that file:///users.ts exports has no such",
  ],
  ["Users", "self", "has no such method"],
  ["toString", undefined, 'exports no function "toString"'],
  ["__proto__", "list", 'exports no class "__proto__"'],
];

for (const [name, method, text] of MISSING) {
  Deno.test(`find() refuses ${name}, method ${method}`, () => {
    assertThrows(() => find({ Users, five: 5 }, name, method), TypeError, text);
  });
}

Deno.test("find() says of a module without exports that there is nothing", () => {
  assertThrows(() => find({}, "x"), TypeError, "it exports nothing");
});

Deno.test("find() tries a constructor again that has failed", () => {
  let isBroken = true;
  class Fragile {
    constructor() {
      if (isBroken) throw new RangeError("broken");
    }
    run(): number {
      return 1;
    }
  }
  const finder = new TargetFinder();

  assertThrows(() => find({ Fragile }, "Fragile", "run", finder), RangeError, "broken");
  isBroken = false;

  assertEquals(find({ Fragile }, "Fragile", "run", finder)([]), 1);
});
