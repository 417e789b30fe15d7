import { assert, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { EmitError, EventBufferFullError } from "../../../src/errors.ts";
import type { EmitReceipt } from "../../../src/events/event_transport.ts";
import { measureHeap } from "../../support/collect_garbage.ts";
import { pause } from "../../support/wait_until.ts";
import { createPublisher, type PublisherBench, type ScriptedChannel } from "./scripted_channel.ts";

interface Emission {
  readonly bytes: number;
  readonly confirm: boolean;
  readonly requireRoute: boolean;
  /** Ends after so many milliseconds; `undefined` for never in a test. */
  readonly timeoutMs: number | undefined;
}
type Step =
  | { readonly publish: Emission }
  | { readonly confirm: number }
  | { readonly refuse: number }
  | { readonly returned: number }
  | { readonly abort: number }
  | "attach"
  | "close"
  | "fail"
  | "block"
  | "unblock"
  | "turn"
  | "pause";

const EMISSION: fc.Arbitrary<Emission> = fc.record({
  bytes: fc.integer({ min: 0, max: 6 }),
  confirm: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, {
    weight: 1,
    arbitrary: fc.constant(false),
  }),
  requireRoute: fc.boolean(),
  timeoutMs: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, {
    weight: 1,
    arbitrary: fc.constant(5),
  }),
});
const WHICH = fc.nat({ max: 9 });
const STEP: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: fc.record({ publish: EMISSION }) },
  { weight: 20, arbitrary: fc.record({ confirm: WHICH }) },
  { weight: 4, arbitrary: fc.record({ refuse: WHICH }) },
  { weight: 4, arbitrary: fc.record({ returned: WHICH }) },
  { weight: 6, arbitrary: fc.record({ abort: WHICH }) },
  { weight: 12, arbitrary: fc.constantFrom<Step>("attach", "attach", "close", "fail", "block", "unblock") },
  { weight: 6, arbitrary: fc.constant<Step>("turn") },
  { weight: 1, arbitrary: fc.constant<Step>("pause") },
);
const LIMITS = fc.record({
  windowEvents: fc.integer({ min: 1, max: 5 }),
  windowBytes: fc.integer({ min: 1, max: 20 }),
  bufferEvents: fc.integer({ min: 1, max: 8 }),
  bufferBytes: fc.integer({ min: 1, max: 40 }),
  maxRefusals: fc.nat({ max: 2 }),
  onFull: fc.constantFrom("reject", "wait"),
});
type Limits = typeof LIMITS extends fc.Arbitrary<infer T> ? T : never;

/** What is known of one event that was emitted. */
interface Emitted extends Emission {
  readonly id: string;
  readonly controller: AbortController;
  outcome: EmitReceipt | EmitError | undefined;
}

/** Does steps on a publisher and keeps watch over it. */
class Watched {
  readonly emitted: Emitted[] = [];
  readonly channels: ScriptedChannel[] = [];
  readonly confirmed = new Set<string>();
  readonly #bench: PublisherBench;
  readonly #limits: Limits;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#bench = createPublisher({ ...limits, timeoutMs: 600_000, confirmWatchdogMs: 600_000 });
  }

  async run(steps: readonly Step[]): Promise<void> {
    using bench = this.#bench;
    for (const step of steps) {
      await this.#do(step);
      this.#checkBounds();
    }
    // A broker that works from now on.
    this.#channel?.close(() => bench.publisher.detach());
    const last = this.#attach();
    this.#confirmAll(last);
    await bench.publisher.flush(5000);
    await turn();
    this.#checkEnd();
  }

  get #channel(): ScriptedChannel | undefined {
    const last = this.channels.at(-1);
    return last?.error === undefined ? last : undefined;
  }

  async #do(step: Step): Promise<void> {
    if (step === "turn") return await turn();
    if (step === "pause") return await pause(12);
    if (step === "attach") return void (this.#channel ?? this.#attach());
    if (step === "close") return this.#channel?.close(() => this.#bench.publisher.detach());
    if (step === "fail") return this.#fail();
    if (step === "block" || step === "unblock") return this.#bench.publisher.setBlocked(step === "block");
    if ("publish" in step) return this.#publish(step.publish);
    if ("abort" in step) return this.emitted.at(-1 - step.abort)?.controller.abort();
    const channel = this.#channel;
    const which = [...channel?.unconfirmed ?? []][Object.values(step)[0] as number];
    if (channel === undefined || which === undefined) return;
    if ("refuse" in step) return channel.refuse(which);
    if ("returned" in step) return this.#bench.publisher.handleReturn(channel.toReturned(which.id));
    this.confirmed.add(which.id);
    channel.confirm(which);
  }

  #publish({ timeoutMs, ...emission }: Emission): void {
    const controller = new AbortController();
    const id = `${this.emitted.length}`;
    const emitted: Emitted = { ...emission, timeoutMs, id, controller, outcome: undefined };
    this.emitted.push(emitted);
    const settle = (outcome: unknown): void => {
      assertEquals(emitted.outcome, undefined, "settles once");
      emitted.outcome = outcome as EmitReceipt | EmitError;
    };
    const options = { ...emission, signal: controller.signal };
    this.#bench.publish(id, timeoutMs === undefined ? options : { ...options, timeoutMs }).then(
      settle,
      settle,
    );
  }

  #attach(): ScriptedChannel {
    const channel = this.#bench.attach();
    this.channels.push(channel);
    return channel;
  }

  /** The channel closes, and a publication comes before the news of it. */
  #fail(): void {
    const channel = this.#channel;
    if (channel === undefined) return;
    channel.error = new Error("Channel closed");
    this.#publish({ bytes: 1, confirm: true, requireRoute: false, timeoutMs: undefined });
    channel.close(() => this.#bench.publisher.detach());
  }

  #confirmAll(channel: ScriptedChannel): void {
    while (channel.unconfirmed.size > 0) {
      for (const published of channel.unconfirmed) {
        this.confirmed.add(published.id);
        channel.confirm(published);
      }
    }
  }

  #checkBounds(): void {
    const { windowEvents, windowBytes, bufferEvents, onFull } = this.#limits;
    const inFlight = [...this.#channel?.unconfirmed ?? []];
    assert(inFlight.length <= windowEvents, "the window has its messages");
    const bytes = inFlight.reduce((sum, { content }) => sum + content.length, 0);
    assert(inFlight.length <= 1 || bytes <= windowBytes, "the window has its bytes");
    const { pending } = this.#bench.counters;
    assert(onFull === "wait" || pending <= bufferEvents + windowEvents, "the buffer has its messages");
  }

  #checkEnd(): void {
    for (const { id, confirm, outcome } of this.emitted) {
      const sent = this.channels.flatMap(({ ids }) => ids).filter((other) => other === id).length;
      assert(outcome !== undefined, "every publication settles");
      if (outcome instanceof EmitError) {
        const isUnroutable = outcome.code === "ERR_EVENT_UNROUTABLE";
        assertEquals(outcome.outcome === "unknown", sent > (isUnroutable ? 1 : 0), "the outcome is true");
        assert(!isUnroutable || this.confirmed.has(id), "a return means something when it is confirmed");
      } else {
        assertEquals(outcome.confirmed, confirm);
        assert(!outcome.confirmed || this.confirmed.has(id), "what has resolved was confirmed");
      }
    }
    // The first sending of each, over all channels and within each, is in the order of publication.
    const first = new Set(this.channels.flatMap(({ ids }) => ids));
    for (const ids of [first, ...this.channels.map(({ ids }) => new Set(ids))]) {
      const numbers = [...ids].map(Number);
      assertEquals(numbers, numbers.toSorted((a, b) => a - b), "the order is kept");
    }
    this.#checkCounters();
  }

  #checkCounters(): void {
    const { emitted, confirmed, rejected, pending, resent } = this.#bench.counters;
    const full = this.emitted.filter(({ outcome }) => outcome instanceof EventBufferFullError).length;
    const sent = this.channels.reduce((sum, { ids }) => sum + ids.length, 0);
    const sentFirst = new Set(this.channels.flatMap(({ ids }) => ids)).size;
    assertEquals({ emitted, pending, resent, sum: confirmed + rejected }, {
      emitted: this.emitted.length - full,
      pending: 0,
      resent: sent - sentFirst,
      sum: this.emitted.length,
    });
  }
}

function turn(): Promise<void> {
  return pause(0);
}

Deno.test("ConfirmedPublisher settles everything once and truly, whatever happens in whatever order", async () => {
  const steps = fc.array(STEP, { minLength: 1, maxLength: 80 });
  await fc.assert(
    fc.asyncProperty(LIMITS, steps, async (limits, steps) => {
      await new Watched(limits).run(steps);
    }),
    { numRuns: 300 },
  );
});

Deno.test("ConfirmedPublisher keeps nothing of half a million events of different names", async () => {
  using bench = createPublisher({ maxRefusals: 0 });
  const { signal } = new AbortController();
  let count = 0;
  const emit = async (times: number): Promise<void> => {
    for (const last = count + times; count < last;) {
      const channel = bench.attach();
      channel.confirmsAtOnce = count % 20_000 !== 0;
      for (let place = 0; place < 1000; place++) {
        // Many listeners on one signal take Node long.
        const own = count % 100 === 0 ? { signal } : {};
        const options = { name: `name_${count}`, timeoutMs: 600_000 + count, ...own };
        bench.publish(`${count++}`, options).catch(() => {});
      }
      // One of twenty thousands is returned, and then confirmed or refused.
      while (bench.counters.pending > 0) {
        for (const published of channel.unconfirmed) {
          bench.publisher.handleReturn(channel.toReturned(published.id));
          if (Number(published.id) % 2 === 0) channel.refuse(published);
          else channel.confirm(published);
        }
        await turn();
      }
    }
    await turn();
  };
  await emit(100_000);
  const before = measureHeap();

  await emit(500_000);

  assertEquals(bench.counters.emitted, 600_000);
  // The shortest of texts for each would be 12 MB. The test runner of Node keeps some for itself.
  assertLess(measureHeap() - before, 8_000_000);
});
