/** The store in memory against a naive one that looks at everything. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { MemoryRegistryStore, type Registration, type RegistryLimits } from "@gemstone/gemstone/registry";
import { ManualClock } from "@gemstone/gemstone/testing";
import { NameQuery } from "../../src/registry/name_query.ts";
import { sorted } from "./fixture.ts";

const LIMITS: RegistryLimits = { lifetimeMs: 100, maxServices: 4, maxInstancesPerName: 2 };

/** One announcement a row, with the time at which it was made. */
class NaiveStore {
  rows: { name: string; url: string; atMs: number }[] = [];
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  get alive() {
    return this.rows.filter(({ atMs }) => this.#clock.elapsed() - atMs <= LIMITS.lifetimeMs);
  }

  register(name: string, url: string): Registration {
    const others = this.alive.filter((row) => row.name !== name || row.url !== url);
    const isKnown = others.length < this.alive.length;
    if (!isKnown && others.length >= LIMITS.maxServices) return "too-many-services";
    const namesakes = others.filter((row) => row.name === name);
    if (!isKnown && namesakes.length >= LIMITS.maxInstancesPerName) return "too-many-instances";
    this.rows = [...others, { name, url, atMs: this.#clock.elapsed() }];
    return isKnown ? "renewed" : "added";
  }

  unregister(name: string, url: string): boolean {
    const left = this.alive.filter((row) => row.name !== name || row.url !== url);
    const wasKnown = left.length < this.alive.length;
    this.rows = left;
    return wasKnown;
  }

  locate(query: NameQuery): string[] {
    return [...new Set(this.alive.filter(({ name }) => query.matches(name)).map(({ url }) => url))];
  }
}

const name = fc.constantFrom("a", "[a]", "__proto__");
const url = fc.constantFrom("http://h/1", "http://h/2", "http://h/3");
const pattern = fc.constantFrom("*", "a*", "a", "?", "[a]", "[[]a]", "__proto__", "none");
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("register" as const), name, url }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("unregister" as const), name, url }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("locate" as const), pattern }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 90 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("sweep" as const), limit: fc.integer({ min: 0, max: 3 }) }),
  },
);

Deno.test("MemoryRegistryStore does what a naive store does, whatever happens in which order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
      const clock = new ManualClock();
      const store = new MemoryRegistryStore({ clock });
      const naive = new NaiveStore(clock);
      for (const each of steps) {
        if (each.kind === "register") {
          assertEquals(
            await store.register(each.name, each.url, LIMITS),
            naive.register(each.name, each.url),
          );
        } else if (each.kind === "unregister") {
          assertEquals(await store.unregister(each.name, each.url), naive.unregister(each.name, each.url));
        } else if (each.kind === "locate") {
          const query = new NameQuery(each.pattern);
          assertEquals(sorted(await store.locate(query)), sorted(naive.locate(query)));
          assertEquals(
            (await store.list(query)).length,
            naive.alive.filter((row) => query.matches(row.name)).length,
          );
        } else if (each.kind === "wait") {
          clock.sleep(each.ms);
        } else {
          store.sweep(each.limit);
        }
      }
      store.sweep(Infinity);
      assertEquals(store.size, naive.alive.length);
    }),
    { numRuns: 1000 },
  );
});
