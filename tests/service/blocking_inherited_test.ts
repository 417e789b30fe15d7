/** Blocking methods of a class that another module declares. */
import { assertEquals } from "@std/assert";
import { exposedMethod } from "@gemstone/gemstone";
import { call } from "../support/service.ts";
import { BaseTools, Neighbour, Squaring } from "./blocking_base.ts";

class Middle extends Squaring {
  override name = "middle";
}

class Stranger extends Middle {
  override modules = [new (class extends BaseTools {})()];
}

Deno.test("a blocking method that a class inherits from another module runs", async () => {
  await using service = new Stranger();

  assertEquals((await call(service, "square", [3])).result, 9);
  assertEquals((await call(service, "tools.cube", [3])).result, 27);
});

Deno.test("an inherited blocking method runs on the class that the service has, where its module exports that", async () => {
  await using neighbour = new Neighbour();
  await using stranger = new Stranger();

  assertEquals((await call(neighbour, "tellClass")).result, "Neighbour");
  assertEquals((await call(stranger, "tellClass")).result, "Squaring");
});

export class Again extends Squaring {
  override name = "again";

  @exposedMethod({ blocking: import.meta.url })
  override tellClass(): string {
    return super.tellClass();
  }
}

Deno.test("a blocking method that is declared again runs on the class that declares it again", async () => {
  await using service = new Again();

  assertEquals((await call(service, "tellClass")).result, "Again");
  assertEquals((await call(service, "square", [2])).result, 4);
});
