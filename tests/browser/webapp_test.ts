/**
 * The page of examples/webapp, as a user sees it. Deno alone runs these tests, once: the service runs on each
 * runtime, but the browser is the same.
 */
import { assertArrayIncludes, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { waitUntil } from "../support/wait_until.ts";
import { findBrowser } from "./find_browser.ts";
import { canRun, RunningExample, type Runtime } from "./running_example.ts";
import { WatchedPage } from "./watched_page.ts";

const IDEA = "webapp";
const RUNTIMES: readonly Runtime[] = ["Deno", "Node"];

/** Registers a test for each runtime of the service. */
function testOnEach(name: string, test: (runtime: Runtime) => Promise<void>): void {
  for (const runtime of RUNTIMES) {
    const missing = [
      ...(findBrowser() === undefined ? ["Chromium"] : []),
      ...(canRun(IDEA, runtime) ? [] : ["deno task build:npm"]),
    ];
    const reason = missing.length === 0 ? "" : ` (skipped: needs ${missing.join(", ")})`;
    Deno.test({
      name: `examples/${IDEA} on ${runtime} ${name}${reason}`,
      ignore: missing.length > 0,
      // What drives the browser leaves timers behind when a test fails, which the next one would be blamed for.
      // The service is another process.
      sanitizeOps: false,
      sanitizeResources: false,
      fn: () => test(runtime),
    });
  }
}

testOnEach("shows answers, errors and a growing number", async (runtime) => {
  await using service = await RunningExample.start(IDEA, runtime);
  await using watched = await WatchedPage.open(service.url);
  const { page } = watched;

  assertEquals(await page.title(), "webapp");

  await page.click("#ask");
  await watched.shows("#result", /^2\.5$/);
  assertEquals(await page.textContent("#error"), "");

  await page.fill("#divisor", "0");
  await page.press("#divisor", "Enter");
  await watched.shows("#error", /^Cannot divide 10 by 0$/);
  assertEquals(await page.textContent("#result"), "none");

  await page.fill("#divisor", "");
  await page.click("#ask");
  await watched.shows("#error", /^Give two numbers$/);

  await page.fill("#divisor", "5");
  await page.click("#ask");
  await watched.shows("#result", /^2$/);
  assertEquals(await page.textContent("#error"), "");

  const seen = await collectNumbers(watched, 3);
  assertEquals(seen, [...seen].sort((a, b) => a - b));
  assertEquals(await page.textContent("#connection"), "");

  assertArrayIncludes(watched.paths, ["/", "/static/app.js", "/static/style.css", "/numbers", "/api"]);
  assertEquals(watched.complaints, []);
});

testOnEach("stops while its page is open, which finds it again", async (runtime) => {
  await using first = await RunningExample.start(IDEA, runtime);
  await using watched = await WatchedPage.open(first.url);
  const { page } = watched;
  await collectNumbers(watched, 1);

  await first.stop();

  await watched.shows("#connection", /^\(not connected\)$/);
  await page.click("#ask");
  await watched.shows("#error", /^The service can not be reached$/);

  await using _second = await RunningExample.start(IDEA, runtime, first.port);
  await waitUntil("a new connection", async () => await page.textContent("#connection") === "");
  await page.click("#ask");
  await watched.shows("#result", /^2\.5$/);
  await collectNumbers(watched, 2);
});

testOnEach("lets no other script into its page", async (runtime) => {
  await using service = await RunningExample.start(IDEA, runtime);
  await using watched = await WatchedPage.open(service.url);

  const refused = await assertRejects(() =>
    watched.page.addScriptTag({ content: "document.title = 'taken'" })
  );

  assertMatch(String(refused), /Content Security Policy/);
  assertEquals(await watched.page.title(), "webapp");
});

/** Waits until the page has shown some different numbers. */
async function collectNumbers({ page }: WatchedPage, count: number): Promise<number[]> {
  const seen = new Set<number>();
  await waitUntil(`${count} numbers`, async () => {
    const text = await page.textContent("#number") ?? "";
    if (/^\d+$/.test(text)) seen.add(Number(text));
    return seen.size >= count;
  });
  return [...seen];
}
