/** Cookies that can not be forged. */
import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { CookieSigner } from "../../src/web/signed_cookie.ts";
import type { WebContext } from "../../src/web/web_context.ts";
import { createSite } from "./site.ts";

const [OLD, NEW] = ["o".repeat(32), "n".repeat(32)];
const HOUR_MS = 3_600_000;

Deno.test("CookieSigner returns what it signed, whatever the text", async () => {
  const signer = new CookieSigner([OLD]);
  // Any code point, lone surrogates too; the unit "binary" of the library takes seconds to set up.
  const character = fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code));
  const examples: [string][] = [[""], ["\0"], ["\ud800"], ["\udc00\ud800"], ["a=b; c"], ["𝄞".repeat(300)]];

  await fc.assert(
    fc.asyncProperty(fc.string({ unit: character, maxLength: 300 }), async (value) => {
      const signed = await signer.sign("a", value);
      assertMatch(signed, /^[\w.-]+$/);
      assertEquals(await signer.verify("a", signed, HOUR_MS), value.toWellFormed());
    }),
    { numRuns: 50, examples },
  );
});

Deno.test("CookieSigner takes no value that was changed", async () => {
  const signer = new CookieSigner([OLD]);
  const signed = await signer.sign("user", "ann");

  await fc.assert(
    fc.asyncProperty(fc.nat(signed.length - 1), fc.constantFrom(..."Aa0_-."), async (index, character) => {
      const forged = signed.slice(0, index) + character + signed.slice(index + 1);
      const value = await signer.verify("user", forged, HOUR_MS);
      // The last character of a signature has two bits that say nothing.
      if (forged === signed || index === signed.length - 1) return;
      assertEquals(value, undefined);
    }),
    { numRuns: 100 },
  );
});

Deno.test("CookieSigner takes no value under another name, or of another secret", async () => {
  const signed = await new CookieSigner([OLD]).sign("user", "ann");

  assertEquals(await new CookieSigner([OLD]).verify("admin", signed, HOUR_MS), undefined);
  assertEquals(await new CookieSigner([NEW]).verify("user", signed, HOUR_MS), undefined);
  assertEquals(await new CookieSigner([OLD]).verify("user", signed, HOUR_MS), "ann");
});

Deno.test("CookieSigner signs with the first secret and takes all of them", async () => {
  const rotated = new CookieSigner([NEW, OLD]);
  const [old, fresh] = [await new CookieSigner([OLD]).sign("a", "1"), await rotated.sign("a", "2")];

  assertEquals(await rotated.verify("a", old, HOUR_MS), "1");
  assertEquals(await rotated.verify("a", fresh, HOUR_MS), "2");
  assertEquals(await new CookieSigner([NEW]).verify("a", fresh, HOUR_MS), "2");
  assertEquals(await new CookieSigner([OLD]).verify("a", fresh, HOUR_MS), undefined);
});

Deno.test("CookieSigner takes a value until it is too old", async () => {
  let nowMs = Date.UTC(2024, 0, 1);
  const signer = new CookieSigner([OLD], () => nowMs);
  const signed = await signer.sign("a", "1");

  nowMs += HOUR_MS;
  assertEquals(await signer.verify("a", signed, HOUR_MS), "1");
  nowMs += 1;
  assertEquals(await signer.verify("a", signed, HOUR_MS), undefined);
});

for (const maxAgeMs of [NaN, -1, -Infinity]) {
  Deno.test(`CookieSigner refuses a maxAgeMs of ${maxAgeMs}, whatever the cookie`, async () => {
    const signer = new CookieSigner([OLD]);
    const signed = await signer.sign("a", "1");

    for (const text of [signed, "rubbish"]) {
      await assertRejects(
        () => signer.verify("a", text, maxAgeMs),
        RangeError,
        `Cannot read cookie "a" with maxAgeMs ${maxAgeMs}`,
      );
    }
  });
}

Deno.test("CookieSigner takes a value of any age with Infinity, and of this very moment with 0", async () => {
  let nowMs = 0;
  const signer = new CookieSigner([OLD], () => nowMs);
  const signed = await signer.sign("a", "1");

  assertEquals(await signer.verify("a", signed, 0), "1");
  nowMs = Date.UTC(9999, 0, 1);
  assertEquals(await signer.verify("a", signed, 0), undefined);
  assertEquals(await signer.verify("a", signed, Infinity), "1");
});

Deno.test("WebContext.signedCookie() fails with a wrong maxAgeMs before there is a cookie", async () => {
  const site = await createSite({
    cookieSecrets: [OLD],
    extraHandlers: [[
      "/",
      async (context) => context.json(await context.signedCookie("user", { maxAgeMs: NaN })),
    ]],
  });

  assertEquals((await site.get("/")).status, 500);
  assertMatch(String(site.logger.records[0]?.properties?.["error"]), /RangeError: Cannot read cookie "user"/);
});

const RUBBISH = ["", ".", "..", "a.b.c", "x", "=".repeat(60), `YQ.0.${"A".repeat(43)}`, "a".repeat(100_000)];

for (const text of RUBBISH) {
  Deno.test(`CookieSigner takes no ${JSON.stringify(text.slice(0, 60))}`, async () => {
    assertEquals(await new CookieSigner([OLD]).verify("a", text, HOUR_MS * 1e6), undefined);
  });
}

Deno.test("CookieSigner refuses what a browser would drop", async () => {
  await assertRejects(
    () => new CookieSigner([OLD]).sign("a", "x".repeat(4_000)),
    RangeError,
    "browsers keep 4096",
  );
});

Deno.test("CookieSigner refuses short secrets, and does not tell them", () => {
  const error = assertThrows(() => new CookieSigner([OLD, "hunter2"]), TypeError, "one of 7 characters");
  assert(!error.message.includes("hunter2"));
  assertThrows(() => new CookieSigner([undefined as unknown as string]), TypeError, "a undefined");
});

Deno.test("WebContext sets and reads signed cookies", async () => {
  const site = await createSite({
    cookieSecrets: [OLD],
    extraHandlers: [["/", {
      async get(context: WebContext): Promise<Response> {
        return context.json(await context.signedCookie("user") ?? null);
      },
      async post(context: WebContext): Promise<Response> {
        await context.setSignedCookie("user", "änn; x=1", { maxAge: 60 });
        return context.text("");
      },
    }]],
  });

  const [cookie = ""] = (await site.send("/", { method: "POST" })).headers.getSetCookie();
  const [pair = ""] = cookie.split(";");

  assertMatch(cookie, /^user=[\w.-]+; .*HttpOnly/);
  assertNotEquals(pair, "");
  assertEquals(await (await site.get("/", { cookie: pair })).json(), "änn; x=1");
  assertEquals(await (await site.get("/", { cookie: pair.replace("user=", "user=x") })).json(), null);
  assertEquals(await (await site.get("/", { cookie: "user=ann" })).json(), null);
  assertEquals(await (await site.get("/")).json(), null);
});
