/** A service whose standard error nobody reads. */
import { assertEquals } from "@std/assert";
import { withProgram } from "../support/spawn_service.ts";

const PROGRAM = `
  import { MicroService } from "@gemstone/gemstone";
  class Noisy extends MicroService {
    name = "noisy";
    port = 0;
    constructor() {
      super();
      this.expose("stumble", () => { throw new Error("a stone"); });
    }
    onServiceStop() { console.log("stopped in order"); }
  }
  await new Noisy().start();`;

Deno.test("a service whose log nobody reads any more goes on, and stops as usual", async () => {
  await withProgram(PROGRAM, async (program) => {
    const port = await program.port();
    program.closeErrors();

    for (let id = 1; id <= 20; id++) {
      const body = JSON.stringify({ jsonrpc: "2.0", method: "stumble", id });
      const headers = { "content-type": "application/json" };
      const response = await fetch(`http://127.0.0.1:${port}/api`, { method: "POST", headers, body });
      assertEquals((await response.json()).error.code, -32603);
    }
    program.kill("SIGTERM");

    assertEquals(await program.ended, { code: 0, signal: null });
    assertEquals(program.stdout, "stopped in order\n");
  });
});
