/**
 * What the load is mixed of.
 *
 * @module
 */

/**
 * The kinds of calls. `hello` computes an answer and `relay` calls another instance for it, which may both run twice;
 * `take` must run once; `order` emits an event.
 */
export type CallKind = "hello" | "take" | "order" | "relay";

/** All kinds. */
export const CALL_KINDS: readonly CallKind[] = ["hello", "take", "order", "relay"];

/** One turn, evenly mixed: 70 % hello, 15 % take, 10 % order, 5 % relay. */
const TURN: readonly CallKind[] = (
  "hello hello take hello hello hello order hello hello take " +
  "hello hello hello relay hello take hello order hello hello"
).split(" ") as CallKind[];

/**
 * The most calls of a kind at a time. While the broker is away orders wait, and the others shall go on; what relays
 * have open at most is what the connection pools of the services may keep.
 */
export const MOST_IN_FLIGHT: Readonly<Record<CallKind, number>> = {
  hello: 64,
  take: 64,
  order: 256,
  relay: 8,
};

/**
 * Says of which kind a call is.
 *
 * @param index How many calls came before it.
 * @returns Its kind.
 */
export function kindAt(index: number): CallKind {
  return TURN[index % TURN.length]!;
}
