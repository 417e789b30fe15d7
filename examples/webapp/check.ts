import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { RemoteService, UnknownRemoteError } from "@gemstone/gemstone/client";
import type { WebappService } from "./main.ts";

const FILES: [path: string, type: RegExp][] = [
  ["/static/app.js", /^text\/javascript\b/],
  ["/static/style.css", /^text\/css\b/],
  ["/static/icon.svg", /^image\/svg\+xml\b/],
];

/** Looks at what the page is made of; how it works is tested in a browser (tests/browser). */
export async function check({ url }: { url: string }): Promise<void> {
  await checkPage(url);
  for (const [path, type] of FILES) {
    const response = await fetch(url + path);
    await response.body?.cancel();
    assertEquals([path, response.status], [path, 200]);
    assertMatch(response.headers.get("content-type") ?? "", type);
  }

  const { methods } = new RemoteService<WebappService>(`${url}/api`);
  assertEquals(await methods.divide(10, 4), 2.5);
  await assertRejects(() => methods.divide(10, 0), UnknownRemoteError, "Cannot divide 10 by 0");
  await assertRejects(() => methods.divide(1e308, 1e-308), UnknownRemoteError, "Cannot divide 1e+308");

  const [first = NaN, second = NaN, third = NaN] = await readNumbers(url, 3);
  assert(first < second && second < third, `${first}, ${second}, ${third}`);
}

async function checkPage(url: string): Promise<void> {
  const response = await fetch(`${url}/`);
  const page = await response.text();

  assertEquals(response.status, 200);
  assertMatch(response.headers.get("content-security-policy") ?? "", /^default-src 'self';/);
  assertStringIncludes(page, "<title>webapp</title>");
  assertStringIncludes(page, 'data-endpoint="/api"');
  for (const [path] of FILES) assertStringIncludes(page, `"${path}"`);
}

async function readNumbers(url: string, count: number): Promise<number[]> {
  const response = await fetch(`${url}/numbers`);
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const numbers = () => [...text.matchAll(/^data: (\d+)\n/gm)].map(([, number]) => Number(number));
  while (numbers().length < count) {
    const { done = true, value } = await reader?.read() ?? {};
    if (done) throw new Error(`The events ended: ${text}`);
    text += value;
  }
  await reader?.cancel();
  return numbers();
}
