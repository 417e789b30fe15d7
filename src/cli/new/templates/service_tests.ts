/** @module */
import type { ProjectOptions } from "../project_options.ts";

/**
 * Writes `service_test.ts`, which tests the service without a socket.
 *
 * @param options What the project is made from.
 * @returns The text.
 */
export function createServiceTests(options: ProjectOptions): string {
  const { name: { className }, runtime, hasEvents, hasWeb } = options;
  const test = runtime === "deno" ? "Deno.test" : "test";
  return `${runtime === "deno" ? DENO_IMPORTS : NODE_IMPORTS}import { ${className} } from "./service.ts";

/** A client whose requests go straight to the service. */
function connect(service: ${className}, token?: string) {
  const headers = token === undefined ? {} : { "x-api-token": token };
  return createTestClient(service, { headers });
}

${test}("say_hello() greets", async () => {
  const { methods } = connect(new ${className}());

  assertEquals(await methods.say_hello("world"), "hello world");
  assertEquals(await methods.say_hello({ name: "Ann" }), "hello Ann");
});

${test}("say_hello() takes its greeting from the settings", async () => {
  const service = new ${className}();
  await service.configure(["--greeting", "good day"]);

  assertEquals(await connect(service).methods.say_hello("world"), "good day world");
});

${test}("count_greetings() needs the token", async () => {
  const service = new ${className}();
  service.apiToken = "correct horse";
  await connect(service).methods.say_hello("world");

  assertEquals(await connect(service, "correct horse").methods.count_greetings(), 1);
  for (const token of [undefined, "", "guessed"]) {
    const { methods } = connect(service, token);
    await assertRejects(() => methods.count_greetings(), AccessDeniedError);
  }
});

${test}("count_greetings() is closed while there is no token", async () => {
  const service = new ${className}();

  for (const token of [undefined, "", "guessed"]) {
    const { methods } = connect(service, token);
    await assertRejects(() => methods.count_greetings(), AccessDeniedError);
  }
});
${hasEvents ? createEventTest(test, className) : ""}${hasWeb ? createPageTest(test, className) : ""}`;
}

const DENO_IMPORTS = `import { AccessDeniedError } from "@gemstone/gemstone/errors";
import { createTestClient } from "@gemstone/gemstone/testing";
import { assertEquals, assertRejects } from "@std/assert";
`;

const NODE_IMPORTS =
  `import { deepEqual as assertEquals, rejects as assertRejects } from "node:assert/strict";
import { test } from "node:test";
import { AccessDeniedError } from "@gemstone/gemstone/errors";
import { createTestClient } from "@gemstone/gemstone/testing";
`;

function createEventTest(test: string, className: string): string {
  return `
${test}("welcome() remembers who has registered", () => {
  const service = new ${className}();

  service.welcome({ name: "Ann" });

  assertEquals(service.newcomers, ["Ann"]);
});
`;
}

function createPageTest(test: string, className: string): string {
  return `
${test}("the page names the service, and its endpoint for the script", async () => {
  const service = new ${className}();
  service.endpoint = "/rpc";

  const response = await service.fetch(new Request("http://test/"));

  assertEquals(response.status, 200);
  const page = await response.text();
  assertEquals(page.includes(\`<h1>\${service.name}</h1>\`), true);
  assertEquals(page.includes('data-endpoint="/rpc"'), true);
});

${test}("the page finds its style and its script", async () => {
  const service = new ${className}();
  const page = await (await service.fetch(new Request("http://test/"))).text();

  for (const path of ["/static/style.css", "/static/app.js"]) {
    const response = await service.fetch(new Request(\`http://test\${path}\`));
    await response.body?.cancel();

    assertEquals([page.includes(path), response.status], [true, 200]);
  }
});
`;
}
