import { assertEquals, assertRejects } from "@std/assert";
import { exposedMethod, MicroService, type RequestContext } from "@gemstone/gemstone";
import { AccessDeniedError, CallTimeoutError } from "@gemstone/gemstone/errors";
import { createTestClient } from "@gemstone/gemstone/testing";
import { createGate } from "../support/gate.ts";
import { createMemoryLogger } from "../support/service.ts";

class Tested extends MicroService {
  override name = "tested";
  override endpoint = "/rpc";
  override getLogger = createMemoryLogger;

  @exposedMethod({ private: true, requiresHandlerReference: true })
  whoami(context: RequestContext): string | null {
    return context.headers.get("x-tenant");
  }

  readonly gate = createGate();
  @exposedMethod()
  wait(): Promise<void> {
    return this.gate.promise;
  }

  override apiTokenIsValid(token: string): boolean {
    return token === "right";
  }
}

Deno.test("createTestClient() calls a service that has no socket, at its own endpoint", async () => {
  const { methods } = createTestClient(new Tested(), {
    auth: { type: "header", token: "right" },
    headers: { "x-tenant": "t1" },
  });

  assertEquals(await methods.whoami(), "t1");
});

Deno.test("createTestClient() gets errors as any client does", async () => {
  const service = new Tested();
  const client = createTestClient(service);
  const impatient = createTestClient(service, { timeoutMs: 20 });

  await assertRejects(() => client.methods.whoami(), AccessDeniedError);
  await assertRejects(() => impatient.methods.wait(), CallTimeoutError);
  service.gate.resolve();
  await client.methods.wait();
});
