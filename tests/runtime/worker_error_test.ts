/** What becomes of errors on their way out of a worker; `structuredClone` is the way. */
import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { CallTimeoutError, GemstoneError, InvalidParamsError, RpcError } from "@gemstone/gemstone/errors";
import { packThrown, unpackThrown } from "../../src/runtime/worker_error.ts";

function send(thrown: unknown): unknown {
  return unpackThrown(structuredClone(packThrown(thrown)));
}

function fail(): never {
  throw new Error("no");
}

function sendError<T extends Error>(error: Error, type: abstract new (...args: never[]) => T): T {
  const arrived = send(error);
  assertInstanceOf(arrived, type);
  return arrived as T;
}

for (const type of [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]) {
  Deno.test(`packThrown() keeps what a ${type.name} is`, () => {
    const error = new type("Wrong");

    const arrived = sendError(error, type);

    assertStrictEquals(Object.getPrototypeOf(arrived), type.prototype);
    assertEquals([arrived.name, arrived.message, arrived.stack], [error.name, "Wrong", error.stack]);
    assertEquals(Object.prototype.toString.call(arrived), "[object Error]");
  });
}

Deno.test("packThrown() keeps class, code and data of Gemstone's errors", () => {
  const error = new RpcError(4001, "Out of stock", { sku: "a1", left: [0] });

  const arrived = sendError(error, RpcError);

  assertEquals(Object.entries(arrived).sort(), Object.entries(error).sort());
  assertEquals([arrived.code, arrived.rpcCode, arrived.message], ["ERR_RPC", 4001, "Out of stock"]);
  assertEquals(sendError(new CallTimeoutError(5, "Late"), CallTimeoutError).timeoutMs, 5);
  assertEquals(sendError(new InvalidParamsError("No", 1), InvalidParamsError).rpcCode, -32602);
});

Deno.test("packThrown() keeps the nearest known class of a class of the application, and its name", () => {
  class OutOfStock extends RpcError {}
  class BoomError extends TypeError {
    readonly fuse = 3;
  }
  class Plain extends Error {}

  const stock = sendError(new OutOfStock(4001, "Out of stock"), RpcError);
  const boom = sendError(new BoomError("boom"), TypeError) as BoomError;
  const plain = sendError(new Plain("plain"), Error);

  assertEquals([stock.name, stock.rpcCode, stock.data], ["OutOfStock", 4001, undefined]);
  assertEquals([boom.name, boom.fuse], ["BoomError", 3]);
  assertEquals([plain.name, String(plain)], ["Plain", "Plain: plain"]);
});

Deno.test("packThrown() does not take a class that is only called like one of Gemstone's for it", () => {
  const named = { RpcError: class RpcError extends Error {} };

  const arrived = send(new named.RpcError("mine"));

  assert(!(arrived instanceof GemstoneError));
  assertEquals((arrived as Error).name, "RpcError");
});

Deno.test("packThrown() keeps causes and the errors of an AggregateError", () => {
  const error = new AggregateError([new RangeError("a"), "b"], "both", {
    cause: new TypeError("c", { cause: 5 }),
  });

  const arrived = sendError(error, AggregateError);

  assertInstanceOf(arrived.errors[0], RangeError);
  assertEquals(arrived.errors[1], "b");
  assertInstanceOf(arrived.cause, TypeError);
  assertEquals((arrived.cause as Error).cause, 5);
  assertEquals(Object.keys(arrived), []);
});

Deno.test("packThrown() keeps a DOMException", () => {
  const arrived = sendError(new DOMException("Too late", "TimeoutError"), DOMException);

  assertEquals([arrived.name, arrived.message, arrived.code], ["TimeoutError", "Too late", 23]);
});

Deno.test("packThrown() ends a circle of causes", () => {
  const error = new Error("a");
  error.cause = new Error("b", { cause: error });

  let depth = 0;
  for (let next = send(error); next instanceof Error; next = next.cause) depth++;

  assert(depth > 1 && depth < 20);
});

/** How many errors there are in one, itself included. */
function countErrors(thrown: unknown): number {
  if (!(thrown instanceof Error)) return 0;
  const inner = [thrown.cause, ...(thrown as Partial<AggregateError>).errors ?? []];
  return inner.reduce<number>((sum, error) => sum + countErrors(error), 1);
}

Deno.test("packThrown() ends an error that contains itself many times", () => {
  const error = new AggregateError([], "all");
  error.errors.push(error, error, error);
  error.cause = error;

  const arrived = sendError(error, AggregateError);

  assertEquals(countErrors(arrived), 100);
});

Deno.test("packThrown() keeps the first hundred of a wide tree of errors", () => {
  const leaves = (count: number) => Array.from({ length: count }, (_, index) => new RangeError(`${index}`));
  const branches = Array.from({ length: 100 }, () => new AggregateError(leaves(100)));
  const error = new AggregateError([...leaves(30), ...branches], "wide", { cause: new TypeError("why") });

  const arrived = sendError(error, AggregateError);

  assertEquals(countErrors(arrived), 100);
  assertEquals(arrived.errors.length, 31);
  assertEquals((arrived.cause as Error).message, "why");
});

Deno.test("packThrown() ends a list of errors that has no end", () => {
  const error = new AggregateError([], "endless");
  error.errors.length = 2 ** 32 - 1;

  assertEquals(sendError(error, AggregateError).errors.length, 99);
});

Deno.test("packThrown() leaves out fields that can not be copied", () => {
  const error = Object.assign(new Error("a"), { fn: () => {}, kept: 1, symbol: Symbol("s") });
  Object.defineProperty(error, "broken", { enumerable: true, get: fail });

  assertEquals({ ...sendError(error, Error) }, { kept: 1 });
});

Deno.test("unpackThrown() takes a field __proto__ for a field", () => {
  const error = new Error("a");
  Object.defineProperty(error, "__proto__", { value: { polluted: true }, enumerable: true });

  const arrived = sendError(error, Error);

  assertEquals((arrived as unknown as { polluted?: boolean }).polluted, undefined);
  assertStrictEquals(Object.getPrototypeOf(arrived), Error.prototype);
  assert(Object.hasOwn(arrived, "__proto__"));
});

const HOSTILE: readonly (readonly [what: string, thrown: () => unknown])[] = [
  ["a function", () => () => {}],
  ["a symbol", () => Symbol("s")],
  ["a promise", () => Promise.resolve()],
  ["an error whose message throws", () => Object.defineProperty(new Error(), "message", { get: fail })],
  ["an error whose name is no text", () => Object.assign(new Error("a"), { name: Object.create(null) })],
  ["an error whose cause throws", () => Object.defineProperty(new Error("a"), "cause", { get: fail })],
  [
    "an error without a constructor",
    () =>
      Object.setPrototypeOf(
        new Error("a"),
        Object.create(Error.prototype, {
          constructor: { value: null },
        }),
      ),
  ],
  ["a proxy that throws", () => new Proxy({}, { getPrototypeOf: fail })],
];

for (const [what, thrown] of HOSTILE) {
  Deno.test(`packThrown() makes an error of ${what}`, () => {
    assertInstanceOf(send(thrown()), Error);
  });
}

/** No invalid date: on Node 20 it equals no other one. */
const VALUES = [
  fc.boolean(),
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  fc.string(),
  fc.constantFrom(null, undefined),
  fc.date({ noInvalidDate: true }),
];

Deno.test("packThrown() carries every value that is no error as it is", () => {
  fc.assert(
    fc.property(fc.anything({ values: VALUES, withMap: true, withSet: true }), (value) => {
      assertEquals(send(value), structuredClone(value));
    }),
  );
});
