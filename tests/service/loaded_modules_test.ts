/** A service loads what runs plugins, periodic tasks, discovery, pages and threads only where it has them. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runTrapped } from "../support/trapped_program.ts";

const PROGRAM = "tests/support/background_program";
const PLUGINS = ["src/service/plugin_host", "src/service/frozen_copy"];
const TASKS = ["src/service/periodic_schedule", "src/service/recurrence"];
const DISCOVERY = [
  "src/service/own_discovery",
  "src/service/discovery_settings",
  "src/discovery/service_discovery",
  "src/discovery/service_discovery_cache",
  "src/discovery/http_discovery",
  "src/discovery/redis_discovery",
];
const THREADS = ["src/service/blocking_method", "src/service/executor_pool", "src/runtime/worker_thread"];
const PAGES = ["src/service/web_part", "src/web/web_handler"];
const REDIS = ["src/discovery/redis_discovery", "@redis/client"];

for (
  const [what, part, traps] of [
    ["nothing of that", "", [
      ...[...PLUGINS, ...TASKS, "croner", ...DISCOVERY, ...REDIS, ...THREADS, ...PAGES],
      "src/clock",
    ]],
    ["plugins", "plugins", [...TASKS, "croner", ...DISCOVERY]],
    ["blocking methods that nobody calls", "blocking", [...THREADS.slice(1), ...PAGES]],
    ["web pages", "pages", [...THREADS, "liquidjs"]],
    ["periodic tasks by milliseconds", "tasks", [...PLUGINS, "croner", ...DISCOVERY]],
    ["periodic tasks by cron texts", "cron", [...PLUGINS, ...DISCOVERY]],
    ["a discovery strategy", "strategies", [...PLUGINS, ...TASKS, "croner", ...REDIS]],
    ["a service registry", "registries", [...PLUGINS, ...TASKS, "croner", ...REDIS]],
  ] as const
) {
  Deno.test(`a service with ${what} loads no module for anything else`, async () => {
    const { code, stdout, stderr } = await runTrapped({ program: PROGRAM, args: [part], traps });

    assertEquals([code, stdout.trim()], [0, "pong"], stderr);
  });
}

for (
  const [what, part, trap] of [
    ["plugins", "plugins", "src/service/plugin_host"],
    ["periodic tasks", "tasks", "src/service/periodic_schedule"],
    ["cron texts", "cron", "croner"],
    ["a discovery strategy", "strategies", "src/service/own_discovery"],
    ["a service registry", "registries", "src/service/own_discovery"],
    ["blocking methods", "blocking", "src/service/blocking_method"],
    ["web pages", "pages", "src/service/web_part"],
  ] as const
) {
  Deno.test(`a service with ${what} loads ${trap}, so the tests above can fail`, async () => {
    const { code, stdout, stderr } = await runTrapped({ program: PROGRAM, args: [part], traps: [trap] });

    assert(code !== 0, "it started");
    assertStringIncludes(stdout + stderr, `"${trap}" was loaded`);
  });
}
