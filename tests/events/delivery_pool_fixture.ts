/** A delivery pool, and what it did. */
import { assertEquals } from "@std/assert";
import { type DeliveryOutcome, DeliveryPool } from "../../src/events/delivery_pool.ts";
import type { ReceivedEvent } from "../../src/events/event_transport.ts";
import { type EventHandlerOptions, resolveSubscription } from "../../src/events/subscription.ts";
import { createCounters, type EventCounters } from "../../src/events/transport_state.ts";
import { createGate, type Gate } from "../support/gate.ts";

/** What a handler does. */
export type Handle = (event: ReceivedEvent, signal: () => AbortSignal) => unknown;

/** A pool, and what it did. */
export interface Harness {
  readonly pool: DeliveryPool<string>;
  readonly counters: EventCounters;
  /** What was settled, in that order: `token kind`. */
  readonly settled: string[];
  readonly outcomes: DeliveryOutcome[];
}

/** Makes a pool for the events "paid". */
export function createPool(
  handle: Handle,
  options: EventHandlerOptions = {},
  onSettle: (token: string, pool: DeliveryPool<string>) => void = () => {},
): Harness {
  const counters = createCounters();
  const settled: string[] = [];
  const outcomes: DeliveryOutcome[] = [];
  const settings = resolveSubscription("paid", { localRetryDelaysMs: [], ...options });
  const pool: DeliveryPool<string> = new DeliveryPool<string>({ event: "paid", handle, settings }, {
    counters,
    settle(token, _event, outcome) {
      settled.push(`${token} ${outcome.kind}`);
      outcomes.push(outcome);
      onSettle(token, pool);
    },
  });
  return { pool, counters, settled, outcomes };
}

/** An event whose id, if it has one, is a text of ours. */
export function createEvent(id?: string, attempt = 1): ReceivedEvent {
  return {
    id,
    source: "/test",
    name: "paid",
    body: null,
    timeMs: 0,
    broadcast: false,
    attempt,
    trace: {},
    correlationId: undefined,
  };
}

/** Handlers that end when the test says so. */
export function createGatedHandle(): {
  handle: Handle;
  begun: string[];
  resolve(id: string): Promise<void>;
  reject(id: string, error?: unknown): Promise<void>;
} {
  const open = new Map<string, Gate>();
  const begun: string[] = [];
  return {
    begun,
    handle({ id = "" }) {
      begun.push(id);
      const gate = createGate();
      open.set(id, gate);
      return gate.promise;
    },
    async resolve(id) {
      open.get(id)?.resolve();
      await microtasks();
    },
    async reject(id, error = new Error("a fault")) {
      open.get(id)?.reject(error);
      await microtasks();
    },
  };
}

/** Lets everything run that waits for nothing. */
export async function microtasks(): Promise<void> {
  for (let count = 0; count < 10; count++) await Promise.resolve();
}

/** The timer of the pool keeps no process alive, so something else has to. */
export async function waitForIdle({ pool }: Harness): Promise<void> {
  const awake = setTimeout(() => {}, 60_000);
  await pool.idle();
  clearTimeout(awake);
}

/** Runs until no handler does; what is left behind after it is found by Deno's sanitizers. */
export async function end(harness: Harness): Promise<void> {
  const { pool, counters } = harness;
  await waitForIdle(harness);
  pool.close();
  assertEquals(pool.running, 0);
  assertEquals(counters.running, 0);
}
