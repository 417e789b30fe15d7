import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UsageError } from "../../src/cli/command.ts";
import { readProjectName } from "../../src/cli/new/project_name.ts";

const FORMS: [text: string, packageName: string, serviceName: string, className: string][] = [
  ["order-desk", "order-desk", "order_desk", "OrderDeskService"],
  ["order_desk", "order-desk", "order_desk", "OrderDeskService"],
  ["OrderDesk", "order-desk", "order_desk", "OrderDeskService"],
  ["orderDesk", "order-desk", "order_desk", "OrderDeskService"],
  ["ORDER_DESK", "order-desk", "order_desk", "OrderDeskService"],
  ["HTTPGate", "http-gate", "http_gate", "HttpGateService"],
  ["S3Proxy", "s3-proxy", "s3_proxy", "S3ProxyService"],
  ["desk-2", "desk-2", "desk_2", "Desk2Service"],
  ["hello_world_service", "hello-world-service", "hello_world_service", "HelloWorldService"],
  ["service", "service", "service", "Service"],
  ["events", "events", "events", "EventsService"],
  ["a", "a", "a", "AService"],
];

for (const [text, packageName, serviceName, className] of FORMS) {
  Deno.test(`readProjectName() makes ${className} of ${text}`, () => {
    assertEquals(readProjectName(text), {
      folder: text,
      packageName,
      serviceName,
      className,
      variablePrefix: serviceName.toUpperCase(),
    });
  });
}

const PATH = /is a path; give the folder with --directory/;
const SHAPE = /begins with a letter, as in order-desk/;
const RESERVED = /reserved word/;
const DEVICE = /device on Windows/;
const REFUSED: [text: string, why: RegExp][] = [
  ["", /empty/],
  ["../x", PATH],
  ["/etc/passwd", PATH],
  ["C:\\x", PATH],
  ["a/b", PATH],
  [".", PATH],
  ["..", PATH],
  [".git", SHAPE],
  ["a.b", SHAPE],
  ["a b", SHAPE],
  [" a", SHAPE],
  ["2fast", SHAPE],
  ["_a", SHAPE],
  ["a-", SHAPE],
  ["a--b", SHAPE],
  ["a:b", SHAPE],
  ["a\n", SHAPE],
  ["a\0b", SHAPE],
  ["a\x1b[2J", SHAPE],
  ["é", SHAPE],
  ["__proto__", SHAPE],
  ["constructor", RESERVED],
  ["Class", RESERVED],
  ["await", RESERVED],
  ["new", RESERVED],
  ["con", DEVICE],
  ["NUL", DEVICE],
  ["Com1", DEVICE],
  ["lpt9", DEVICE],
  ["micro", /class MicroService/],
  ["micro-service", /class MicroService/],
  ["Remote", /class RemoteService/],
  ["tsx", /package of this name/],
  ["node_modules", /package of this name/],
  ["x".repeat(300), /has 300 characters, and 40 are allowed/],
  ["x".repeat(10_000_000), /has 10000000 characters/],
];

for (const [text, why] of REFUSED) {
  Deno.test(`readProjectName() refuses ${JSON.stringify(text.slice(0, 20))} (${text.length} characters)`, () => {
    const error = assertThrows(() => readProjectName(text), UsageError);

    assertMatch(error.message, why);
    assert(error.message.length < 300, error.message);
  });
}

Deno.test("readProjectName() gives forms that files, packages and classes can have, or refuses", () => {
  const parts = fc.constantFrom(
    "order",
    "Desk",
    "HTTP",
    "2",
    "x9",
    "-",
    "_",
    ".",
    "/",
    "service",
    "con",
    "é",
  );
  const names = fc.oneof(fc.string(), fc.array(parts, { maxLength: 8 }).map((words) => words.join("")));
  fc.assert(fc.property(names, (text) => {
    try {
      const name = readProjectName(text);
      assertEquals(name.folder, text);
      assertMatch(name.packageName, /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
      assertMatch(name.serviceName, /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/);
      assertMatch(name.className, /^[A-Z][A-Za-z0-9]*Service$|^Service$/);
      assertEquals(name.variablePrefix.toLowerCase(), name.serviceName);
      assert(text.length <= 40);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
    }
  }));
});
