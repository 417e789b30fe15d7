// deno-lint-ignore-file no-control-regex -- what a terminal is told is what is looked at
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { CalledService, ListingRegistry } from "../support/cli_service.ts";
import { HAS_TERMINAL, type TerminalProgram, withTerminal } from "../support/cli_terminal.ts";
import { withModules } from "../support/cli_module.ts";

/** Skipped, for all to see, where there is no way to make a terminal. */
function terminalTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `in a terminal, ${name}`, ignore: !HAS_TERMINAL, fn });
}

async function withService(test: (service: CalledService) => Promise<void>): Promise<void> {
  await using service = new CalledService();
  await service.start();
  await test(service);
}

async function readScreen(program: TerminalProgram): Promise<[number | null, string]> {
  const code = await program.end();
  return [code, program.screen];
}

terminalTest("a result has colours", () =>
  withService(async (service) => {
    await withTerminal(["call_raw", service.url, "echo", "value=a", "other:=[1,null]"], async (program) => {
      assertEquals(await readScreen(program), [
        0,
        '[\n  \x1b[32m"a"\x1b[0m,\n  [\n    \x1b[33m1\x1b[0m,\n    \x1b[33mnull\x1b[0m\n  ]\n]\n',
      ]);
    });
  }));

for (const [name, env] of [["NO_COLOR", { NO_COLOR: "1" }], ["TERM=dumb", { TERM: "dumb" }]] as const) {
  terminalTest(`a result has no colours with ${name}`, () =>
    withService(async (service) => {
      await withTerminal(["call_raw", service.url, "echo", "value=a"], async (program) => {
        assertEquals(await readScreen(program), [0, '[\n  "a",\n  null\n]\n']);
      }, env);
    }));
}

terminalTest("--verbose prints timings above the result", () =>
  withService(async (service) => {
    await withTerminal(["--color", "never", "call_raw", "-v", service.url, "echo"], async (program) => {
      const [code, screen] = await readScreen(program);

      assertEquals(code, 0);
      assertMatch(
        screen,
        /^\[!\] Method call: \d+\.\d{5} seconds\n\[!\] Result:\n\n\[\n {2}null,\n {2}null\n\]\n$/,
      );
    });
  }));

terminalTest("an error is one line, its head in red", () =>
  withTerminal(["lits"], async (program) => {
    assertEquals(await readScreen(program), [
      2,
      'gemstone: \x1b[31merror:\x1b[0m unknown command "lits", did you mean "list"; see gemstone --help\n',
    ]);
  }));

terminalTest("the help text has headings", () =>
  withTerminal(["help", "list"], async (program) => {
    const [code, screen] = await readScreen(program);

    assertEquals(code, 0);
    assertStringIncludes(screen, "\x1b[1musage:\x1b[0m gemstone list");
    assertStringIncludes(screen, "\n\x1b[1moptions:\x1b[0m\n");
  }));

terminalTest("list prints a table with a head that stands out", async () => {
  await using registry = new ListingRegistry();
  await registry.start();
  registry.services = [{ name: "shop", url: "http://10.0.0.1/api", last_seen: null }];

  await withTerminal(["list"], async (program) => {
    assertEquals(await readScreen(program), [
      0,
      "\x1b[1mNAME  URL                  LAST SEEN\x1b[0m\nshop  http://10.0.0.1/api  -\n",
    ]);
  }, { GEMSTONE_REGISTRY: registry.url });
});

terminalTest("Ctrl-C ends a bench, whose bar gives way to the figures", () =>
  withService(async (service) => {
    const args = ["bench", service.url, "echo", "--duration", "600000", "--rate", "500"];
    await withTerminal(args, async (program) => {
      await program.waitFor(/\r\x1b\[K\[█*-+\] 0 %, [1-9]\d* calls, \d+\/s/);
      await program.pressCtrlC();
      const [code, screen] = await readScreen(program);

      assertEquals(code, 0);
      assertMatch(screen, /\r\x1b\[K\d+ calls in \d+\.\d\d s, 10 at once: [^\n]+calls\/s\S*, interrupted\n/);
      assertMatch(screen, /\n +[\d.]+ - [\d.]+ ms {2}\x1b\[36m█+\x1b\[0m \d+\n/);
    });
  }));

terminalTest("Ctrl-C ends a bench with failures with 1", () =>
  withService(async (service) => {
    await withTerminal(["bench", service.url, "refuse", "--duration", "600000"], async (program) => {
      await program.waitFor(/\d failed/);
      await program.pressCtrlC();
      const [code, screen] = await readScreen(program);

      assertEquals(code, 1);
      assertMatch(screen, /, interrupted\n\x1b\[31m\d+ failed\x1b\[0m\n {2}\d+ {2}error 4001, as in: /);
    });
  }));

terminalTest("Ctrl-C ends a ping with the figures so far", () =>
  withService(async (service) => {
    await withTerminal(["ping", service.url, "--count", "1000", "--interval", "60000"], async (program) => {
      await program.waitFor(/answered in/);
      await program.pressCtrlC();
      const [code, screen] = await readScreen(program);

      assertEquals(code, 0);
      assertMatch(screen, /answered in [\d.]+ ms\n(?:\^C)?1 sent, 1 answered, min\/avg\/max [\d./]+ ms\n$/);
    });
  }));

const SHOP = `
  import { MicroService } from "@gemstone/gemstone";
  export class Shop extends MicroService { name = "shop"; port = 0; }
`;

terminalTest(
  "Ctrl-C stops a service that was started",
  () =>
    withModules({ "service.mjs": SHOP }, async (folder) => {
      await withTerminal(["start", `${folder}/service.mjs`], async (program) => {
        await program.waitFor(/shop: Listening on http:/);
        await program.pressCtrlC();
        const [code, screen] = await readScreen(program);

        assertEquals(code, 0);
        assertMatch(screen, /shop: Stopped\n$/);
      });
    }),
);

terminalTest("Ctrl-C ends a registry", () =>
  withTerminal(["registry", "--port", "0"], async (program) => {
    await program.waitFor(/registry: Listening on http:\/\/127\.0\.0\.1:\d+\/api, Ctrl-C ends/);
    await program.pressCtrlC();
    const [code, screen] = await readScreen(program);

    assertEquals([code, screen.includes("    at ")], [0, false]);
  }));
