import { assertEquals, assertThrows } from "@std/assert";
import { Configurable } from "../../src/config/mod.ts";

const SPELLINGS: [name: string, spellings: string[]][] = [
  ["a", ["a"]],
  ["port", ["port"]],
  ["accessibleAt", ["accessible-at", "accessible_at", "accessibleAt"]],
  ["accessible_at", ["accessible-at", "accessible_at"]],
  ["serviceRegistryPingIntervalMs", [
    "service-registry-ping-interval-ms",
    "service_registry_ping_interval_ms",
    "serviceRegistryPingIntervalMs",
  ]],
  ["HTTPPort", ["http-port", "http_port", "HTTPPort"]],
  ["retry2Delay", ["retry2-delay", "retry2_delay", "retry2Delay"]],
];

for (const [name, spellings] of SPELLINGS) {
  Deno.test(`Configurable accepts the spellings of "${name}"`, () => {
    const configurable = new Configurable(name);

    assertEquals(configurable.spellings, spellings);
    assertEquals(configurable.optionName, spellings[0]);
  });
}

const REFUSED = [
  "",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "help",
  "Help",
  "1st",
  "_private",
  "a b",
  "a-b",
  "a=b",
  "a.b",
  "port\n",
  "größe",
];

for (const name of REFUSED) {
  Deno.test(`Configurable refuses the name ${JSON.stringify(name)}`, () => {
    assertThrows(() => new Configurable(name), TypeError, `Cannot make ${JSON.stringify(name)} configurable`);
  });
}

Deno.test("Configurable refuses a name that is no text", () => {
  assertThrows(() => new Configurable(5 as unknown as string), TypeError, "Cannot make 5 configurable");
});

Deno.test("Configurable copies its options", () => {
  const options = { description: "before" };
  const configurable = new Configurable("port", options);

  options.description = "after";

  assertEquals(configurable.options.description, "before");
});
