import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { relative } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { RemoteService } from "@gemstone/gemstone/client";
import { runCli, RunningCli, withCliProgram } from "../support/cli.ts";
import { withModules } from "../support/cli_module.ts";
import { findFreePort, isListening } from "../support/tcp_port.ts";
import { waitUntil } from "../support/wait_until.ts";
import { quietly, SHOP, TWO } from "./start_fixture.ts";

/** Starts the service, asks for its name and stops it. */
async function askWho(
  args: readonly string[],
): Promise<{ who: string; code: number; error: readonly string[] }> {
  const port = await findFreePort();
  const start = new RunningCli(["start", ...args, "--port", String(port)]);
  await waitUntil("it listens or has failed", async () => start.error.length > 0 || await isListening(port));
  const service = new RemoteService<{ who(): string }>(`http://127.0.0.1:${port}/api`);
  const who = start.error.length > 0 ? "" : await service.methods.who();
  return { who, code: await start.stop(), error: start.error };
}

for (
  const [what, source, args, expected] of [
    ["the only class", SHOP, [], "shop"],
    ["the default class, not the others", `${TWO} export default Other;`, [], "other"],
    ["the class that --class names", TWO, ["--class", "Other"], "other"],
    ["the class that --class= names", TWO, ["--class=Shop"], "shop"],
    ["a class by the name of its export", `${TWO} export { Other as Named };`, ["--class", "Named"], "other"],
    ["an instance", `${SHOP.replace("export class", "class")} export const shop = new Shop();`, [], "shop"],
    [
      "a class beside what is no service",
      `${SHOP} export { MicroService }; export class Plain { start() {} } export const x = 1, n = null, f = () => {};`,
      [],
      "shop",
    ],
    ["one that is exported twice", `${SHOP} export default Shop; export { Shop as Same };`, [], "shop"],
  ] as const
) {
  Deno.test(`start starts ${what}`, () =>
    quietly(() =>
      withModules({ "service.mjs": source }, async (folder) => {
        const file = `${folder}/service.mjs`;

        const { who, code, error } = await askWho([file, ...args]);

        assertEquals([who, code, error], [expected, 0, []]);
      })
    ));
}

Deno.test("start takes a path from the working directory, and a URL", () =>
  quietly(() =>
    withModules({ "a service.mjs": SHOP }, async (folder) => {
      const file = `${folder}/a service.mjs`;

      const byPath = await askWho([relative(process.cwd(), file)]);
      const byUrl = await askWho(["--class", "Shop", pathToFileURL(file).href]);

      assertEquals([byPath.who, byUrl.who], ["shop", "shop"]);
    })
  ));

Deno.test("start ends with 0 when the service stops itself", () =>
  quietly(() =>
    withModules({ "service.mjs": SHOP }, async (folder) => {
      const port = await findFreePort();
      const start = new RunningCli(["start", `${folder}/service.mjs`, "--port", String(port)]);
      await waitUntil("it listens", () => isListening(port));

      await new RemoteService(`http://127.0.0.1:${port}/api`).notify("end");

      assertEquals([await start.end(), start.error, await isListening(port)], [0, [], false]);
    })
  ));

const OF_ANOTHER_COPY = `
  class MicroService {
    start({ args, signal }) {
      globalThis.startedWith = args;
      signal.addEventListener("abort", () => void this.stop());
      return Promise.resolve();
    }
    stop() { return this.stopping ??= Promise.resolve(this.onServiceStop()); }
    configure() {}
    emitEvent() {}
    onServiceStop() { globalThis.startedWith.push("stopped"); }
  }
  export class Shop extends MicroService {}
`;

Deno.test("start knows a service of another copy of the package", () =>
  withModules({ "service.mjs": OF_ANOTHER_COPY }, async (folder) => {
    const seen = globalThis as { startedWith?: string[] };
    const start = new RunningCli(["start", `${folder}/service.mjs`, "--a", "b", "--", "--class", "c"]);
    await waitUntil("it has started", () => seen.startedWith !== undefined);

    const code = await start.stop();

    assertEquals([code, seen.startedWith], [0, ["--a", "b", "--", "--class", "c", "stopped"]]);
    delete seen.startedWith;
  }));

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`${signal} stops a service that the program has started`, () =>
    withModules({ "service.mjs": SHOP }, async (folder) => {
      await withCliProgram(["start", `${folder}/service.mjs`, "--host", "127.0.0.1"], async (program) => {
        const port = await program.port();
        const who = await new RemoteService(`http://127.0.0.1:${port}/api`).callMethod("who");
        program.kill(signal);
        const end = await program.ended;

        assertEquals([who.value, end, program.stdout], ["shop", { code: 0, signal: null }, ""]);
        assertMatch(program.stderr, /shop: Listening on [^\n]+\n[^\n]+shop: Stopped\n$/);
      });
    }));
}

Deno.test("the program that has started a service ends when that stops itself", () =>
  withModules({ "service.mjs": SHOP }, async (folder) => {
    await withCliProgram(["start", `${folder}/service.mjs`], async (program) => {
      const port = await program.port();
      await new RemoteService(`http://127.0.0.1:${port}/api`).notify("end");
      const end = await program.ended;

      assertEquals(end, { code: 0, signal: null });
      assertMatch(program.stderr, /shop: Stopped\n$/);
    });
  }));

Deno.test("start --help is ours in front of the module, and that of the service behind it", () =>
  quietly(() =>
    withModules({ "service.mjs": SHOP }, async (folder) => {
      const ours = await runCli(["start", "--help"]);
      const theirs = await runCli(["start", `${folder}/service.mjs`, "--help"]);
      const wrong = await runCli(["start", `${folder}/service.mjs`, "--prot", "1"]);

      assertEquals([ours.code, theirs.code, wrong.code], [0, 0, 2]);
      assertStringIncludes(ours.out, "usage: gemstone start");
      assertStringIncludes(theirs.out, "--port");
      assertStringIncludes(wrong.error, 'unknown option "--prot", did you mean "--port"');
    })
  ));

Deno.test("start leaves what follows -- to the service", () =>
  quietly(() =>
    withModules({ "service.mjs": TWO }, async (folder) => {
      const { code, error } = await runCli([
        "start",
        `${folder}/service.mjs`,
        "--class",
        "Other",
        "--",
        "--class",
        "x",
      ]);

      assertEquals(code, 2);
      assertStringIncludes(error, "--class");
    })
  ));
