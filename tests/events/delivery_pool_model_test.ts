import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { NonRetryableError } from "../../src/errors.ts";
import { type DeliveryOutcome, DeliveryPool } from "../../src/events/delivery_pool.ts";
import type { ReceivedEvent } from "../../src/events/event_transport.ts";
import { createCounters } from "../../src/events/transport_state.ts";
import { createGate, type Gate } from "../support/gate.ts";

/** What a handler does, try after try; the last holds for all further tries. */
type Behaviour = "return" | "throw" | "resolve" | "reject" | "final" | "hang";

interface Push {
  readonly push: {
    readonly id: number | undefined;
    readonly attempt: number;
    readonly tries: readonly Behaviour[];
  };
}
type Step = Push | { readonly finish: number } | { readonly takeWaiting: true } | { readonly pause: true };

const BEHAVIOUR = fc.constantFrom<Behaviour>("return", "throw", "resolve", "reject", "final", "hang");
const STEP: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      push: fc.record({
        id: fc.option(fc.nat({ max: 6 }), { nil: undefined }),
        attempt: fc.integer({ min: 1, max: 3 }),
        tries: fc.array(BEHAVIOUR, { minLength: 1, maxLength: 3 }),
      }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ finish: fc.nat({ max: 5 }) }) },
  { weight: 1, arbitrary: fc.constant<Step>({ takeWaiting: true }) },
  { weight: 2, arbitrary: fc.constant<Step>({ pause: true }) },
);

/** Does steps on a pool and keeps watch over it. */
class Watched {
  readonly counters = createCounters();
  readonly pool: DeliveryPool<number>;
  readonly settled = new Map<number, DeliveryOutcome["kind"]>();
  readonly taken = new Set<number>();
  readonly begun: number[] = [];
  calls = 0;
  readonly hanging: { token: number; end: Gate }[] = [];
  readonly succeeded = new Set<string>();
  readonly #pushes: Push["push"][] = [];
  readonly #tries = new Map<number, number>();

  constructor(readonly concurrency: number, readonly localRetries: number) {
    const settings = {
      concurrency,
      prefetch: 2000,
      ordered: false,
      maxAttempts: 3,
      localRetryDelaysMs: Array<number>(localRetries).fill(0),
      timeoutMs: 60_000,
    };
    this.pool = new DeliveryPool<number>({ event: "a", settings, handle: (event) => this.#handle(event) }, {
      counters: this.counters,
      settle: (token, _event, outcome) => this.#settle(token, outcome),
    });
  }

  get pushed(): number {
    return this.#pushes.length;
  }

  push(push: Push["push"]): void {
    const token = this.#pushes.push(push) - 1;
    this.pool.push(token, {
      id: push.id === undefined ? undefined : `${push.id}`,
      source: "/test",
      name: "a",
      // The handler sees no token: the body stands for it.
      body: token,
      timeMs: 0,
      broadcast: false,
      attempt: push.attempt,
      trace: {},
      correlationId: undefined,
    });
  }

  takeWaiting(): void {
    for (const token of this.pool.takeWaiting()) {
      assert(!this.settled.has(token) && !this.taken.has(token) && !this.#tries.has(token));
      this.taken.add(token);
    }
  }

  async finish(): Promise<void> {
    for (let turn = 0; turn < 1000 && this.pool.size > 0; turn++) {
      for (const { end } of this.hanging.splice(0)) end.resolve();
      await macrotask();
    }
    this.pool.close();
    assertEquals(this.pool.size, 0);
  }

  check(): void {
    const running = [...this.#tries.keys()].filter((token) => !this.settled.has(token));
    assertEquals(this.pool.running, running.length);
    assertEquals(this.counters.running, running.length);
    assert(running.length <= this.concurrency);
    assertEquals(this.pool.size, this.pushed - this.settled.size - this.taken.size);
    const ids = running.map((token) => this.#pushes[token]!.id).filter((id) => id !== undefined);
    assertEquals(new Set(ids).size, ids.length, "two handlers of the same event");
    // Whatever waits, waits for a slot or for a copy of itself.
    if (this.pool.size > running.length && running.length < this.concurrency) {
      for (let token = 0; token < this.pushed; token++) {
        if (this.settled.has(token) || this.taken.has(token) || this.#tries.has(token)) continue;
        assert(ids.includes(this.#pushes[token]!.id!), `delivery ${token} waits for nothing`);
      }
    }
  }

  #handle({ body }: ReceivedEvent): unknown {
    const token = body as number;
    this.calls++;
    const { id, tries } = this.#pushes[token]!;
    const done = this.#tries.get(token) ?? 0;
    if (done === 0) this.begun.push(token);
    assert(!this.settled.has(token) && !this.taken.has(token), "begun after its end");
    assert(id === undefined || !this.succeeded.has(`${id}`), "handled again");
    assert(done <= this.localRetries, "too many tries");
    this.#tries.set(token, done + 1);
    switch (tries[Math.min(done, tries.length - 1)]!) {
      case "return":
        return undefined;
      case "resolve":
        return Promise.resolve();
      case "throw":
        throw new Error("a fault");
      case "reject":
        return Promise.reject(new Error("a fault"));
      case "final":
        throw new NonRetryableError("a fault");
      case "hang": {
        const end = createGate();
        this.hanging.push({ token, end });
        return end.promise;
      }
    }
  }

  #settle(token: number, outcome: DeliveryOutcome): void {
    assert(!this.settled.has(token), `delivery ${token} settled twice`);
    assert(!this.taken.has(token), `delivery ${token} settled after it was taken`);
    this.settled.set(token, outcome.kind);
    const { id, attempt } = this.#pushes[token]!;
    if (outcome.kind === "done" && id !== undefined) this.succeeded.add(`${id}`);
    if (outcome.kind === "retry") assert(attempt < 3);
  }
}

async function macrotask(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

async function play(watched: Watched, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if ("push" in step) watched.push(step.push);
    else if ("finish" in step) watched.hanging.splice(step.finish, 1)[0]?.end.resolve();
    else if ("takeWaiting" in step) watched.takeWaiting();
    else await macrotask();
    watched.check();
  }
}

Deno.test("DeliveryPool settles or gives back each delivery once, whatever happens in whatever order", async () => {
  const plan = fc.tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.nat({ max: 2 }),
    fc.array(STEP, { maxLength: 40 }),
  );
  await fc.assert(
    fc.asyncProperty(plan, async ([concurrency, localRetries, steps]) => {
      const watched = new Watched(concurrency, localRetries);

      await play(watched, steps);
      await watched.finish();

      watched.check();
      assertEquals(watched.settled.size + watched.taken.size, watched.pushed);
      const done = [...watched.settled.values()].filter((kind) => kind === "done").length;
      assertEquals(watched.counters.handled + watched.counters.duplicates, done);
    }),
    { numRuns: 200 },
  );
});

Deno.test("DeliveryPool begins deliveries of different events in the order in which they came", async () => {
  const plan = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.array(STEP, { maxLength: 40 }));
  await fc.assert(
    fc.asyncProperty(plan, async ([concurrency, steps]) => {
      const watched = new Watched(concurrency, 1);
      const different = steps.map((step) =>
        "push" in step ? { push: { ...step.push, id: undefined } } : step
      );

      await play(watched, different);
      watched.takeWaiting();
      await watched.finish();

      assertEquals(watched.begun, watched.begun.toSorted((a, b) => a - b));
    }),
    { numRuns: 100 },
  );
});

Deno.test("DeliveryPool.abandon() leaves nothing running at any point", async () => {
  const plan = fc.tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.nat({ max: 2 }),
    fc.array(STEP, { maxLength: 40 }),
  );
  await fc.assert(
    fc.asyncProperty(plan, async ([concurrency, localRetries, steps]) => {
      const watched = new Watched(concurrency, localRetries);
      await play(watched, steps);

      watched.takeWaiting();
      const abandoned = watched.pool.abandon(new Error("the end"));
      const settled = new Map(watched.settled);
      const { calls } = watched;
      for (const { end } of watched.hanging) end.resolve();
      await macrotask();

      assertEquals(watched.settled, settled);
      assertEquals(watched.calls, calls);
      assertEquals(watched.pool.size, 0);
      assertEquals(watched.counters.running, 0);
      assertEquals(settled.size + watched.taken.size + abandoned.length, watched.pushed);
    }),
    { numRuns: 100 },
  );
});
