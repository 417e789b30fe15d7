/**
 * Makes calls, checks each answer, and counts.
 *
 * @module
 */
import type { RemoteService } from "@gemstone/gemstone/client";
import type { CallKind } from "../mix.ts";
import { CALL_KINDS, MOST_IN_FLIGHT } from "../mix.ts";

/** What became of the calls of one kind. */
export interface KindCounts {
  /** Calls that were begun. */
  issued: number;
  /** Calls whose answer was the right one. */
  answered: number;
  /** Calls whose answer was another one. */
  wrong: number;
  /** Calls that ended with an error. */
  failed: number;
  /** Calls that were due and not begun, because too many were under way. */
  heldBack: number;
  /** The longest that an answer took, in milliseconds. */
  slowestMs: number;
}

/** What the caller has counted. */
export interface CallerCounts {
  /** By kind. */
  readonly kinds: Readonly<Record<CallKind, KindCounts>>;
  /** Errors, and how often each came. */
  readonly errors: Readonly<Record<string, number>>;
}

/** What a caller works with. */
export interface CallerOptions {
  /** Finds the service; asked for each call, as services do it. */
  readonly find: (isIdempotent: boolean) => Promise<RemoteService>;
  /** Hears of each right answer to a call that has a number. */
  readonly onAnswer: (kind: "take" | "order", n: number) => void;
}

const MOST_ERRORS = 30;

/** Makes calls of all kinds; each carries a number that its answer must have. */
export class Caller {
  readonly #options: CallerOptions;
  readonly #kinds = Object.fromEntries(CALL_KINDS.map((kind) => [kind, createCounts()])) as Record<
    CallKind,
    KindCounts
  >;
  readonly #errors = new Map<string, number>();

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  /** What has been counted. */
  get counts(): CallerCounts {
    return { kinds: this.#kinds, errors: Object.fromEntries(this.#errors) };
  }

  /** How many calls have been made. */
  get issued(): number {
    return CALL_KINDS.reduce((sum, kind) => sum + this.#kinds[kind].issued, 0);
  }

  /** How many calls of a kind, or of all, are under way. */
  inFlight(...kinds: readonly CallKind[]): number {
    return (kinds.length === 0 ? CALL_KINDS : kinds).reduce((sum, kind) => {
      const { issued, answered, wrong, failed } = this.#kinds[kind];
      return sum + issued - answered - wrong - failed;
    }, 0);
  }

  /**
   * Makes a call.
   *
   * @param kind Of which kind.
   * @returns Resolves when it has ended, however; at once when too many are under way.
   */
  async call(kind: CallKind): Promise<void> {
    const counts = this.#kinds[kind];
    if (this.inFlight(kind) >= MOST_IN_FLIGHT[kind]) return void counts.heldBack++;
    const n = ++counts.issued;
    const startedMs = performance.now();
    try {
      const isRight = await this.#send(kind, n);
      if (isRight) counts.answered++;
      else this.#note(counts, "wrong", `${kind}: a wrong answer`);
    } catch (error) {
      this.#note(counts, "failed", `${kind}: ${describe(error)}`);
    }
    counts.slowestMs = Math.max(counts.slowestMs, Math.round(performance.now() - startedMs));
  }

  async #send(kind: CallKind, n: number): Promise<boolean> {
    if (kind === "take" || kind === "order") {
      const service = await this.#options.find(false);
      const isRight = (await service.callMethod(kind, [n])).unwrap() === n;
      if (isRight) this.#options.onAnswer(kind, n);
      return isRight;
    }
    const service = await this.#options.find(true);
    const method = kind === "hello" ? "say_hello" : kind;
    return (await service.callMethod(method, [`${kind} ${n}`])).unwrap() === `hello ${kind} ${n}`;
  }

  #note(counts: KindCounts, what: "wrong" | "failed", text: string): void {
    counts[what]++;
    if (this.#errors.size >= MOST_ERRORS && !this.#errors.has(text)) return;
    this.#errors.set(text, (this.#errors.get(text) ?? 0) + 1);
  }
}

function createCounts(): KindCounts {
  return { issued: 0, answered: 0, wrong: 0, failed: 0, heldBack: 0, slowestMs: 0 };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const outcome = "outcome" in error ? ` (${String(error.outcome)})` : "";
  return `${error.name}${outcome}: ${error.message}`;
}
