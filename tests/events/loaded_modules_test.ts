/** A service that uses no broker loads nothing of the libraries for brokers. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runTrapped } from "../support/trapped_program.ts";

const PROGRAM = "tests/support/module_program";
const TRAPS = ["amqplib", "amqplib/callback_api", "@redis/client"];

Deno.test("a service that uses no broker loads neither amqplib nor @redis/client", async () => {
  const { code, stdout, stderr } = await runTrapped({ program: PROGRAM, args: [], traps: TRAPS });

  assertEquals([code, stdout.split("\n").at(-2)], [0, "done"], stderr);
});

for (const [transport, name] of [["rabbitmq", "amqplib"], ["redis", "@redis/client"]] as const) {
  Deno.test(`a service that uses ${transport} loads ${name}, so the test above can fail`, async () => {
    const { code, stdout, stderr } = await runTrapped({ program: PROGRAM, args: [transport], traps: TRAPS });

    assert(code !== 0, "it started");
    assertStringIncludes(stdout + stderr, `"${name}" can not be loaded`);
  });
}
