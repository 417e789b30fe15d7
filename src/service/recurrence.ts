/**
 * When a periodic task is due.
 *
 * @module
 */
import type { Cron } from "croner";
import { LONGEST_TIMER_MS } from "../rpc/deadlines.ts";
import type { Clock } from "../clock.ts";

/** Knows when the next run is due. */
export interface Recurrence {
  /** The most to wait at once, in milliseconds. */
  readonly longestWaitMs: number;
  /** Begins to count. */
  begin(): void;
  /** Goes on to the first time that lies ahead. */
  advance(): void;
  /**
   * Returns the milliseconds until the next run, 0 or less when it is due; `undefined` when there is none any
   * more.
   */
  waitMs(): number | undefined;
}

/** Every so many milliseconds. */
class Interval implements Recurrence {
  readonly longestWaitMs = LONGEST_TIMER_MS;
  readonly #everyMs: number;
  readonly #clock: Clock;
  #beginsAt = 0;
  #dueAt = 0;

  constructor(everyMs: number, clock: Clock) {
    this.#everyMs = everyMs;
    this.#clock = clock;
  }

  begin(): void {
    this.#beginsAt = this.#clock.elapsed();
    this.#dueAt = this.#beginsAt + this.#everyMs;
  }

  advance(): void {
    const intervals = Math.floor((this.#clock.elapsed() - this.#beginsAt) / this.#everyMs) + 1;
    const dueAt = this.#beginsAt + intervals * this.#everyMs;
    // A division that is a hair too small must not give the same time again.
    this.#dueAt = dueAt > this.#dueAt ? dueAt : this.#dueAt + this.#everyMs;
  }

  waitMs(): number {
    return this.#dueAt - this.#clock.elapsed();
  }
}

/** By a cron text. */
class CronTimes implements Recurrence {
  // The clock may be set and the machine may sleep, and timers notice neither.
  readonly longestWaitMs = 60_000;
  readonly #cron: Cron;
  readonly #clock: Clock;
  #dueAt: number | undefined;

  constructor(cron: Cron, clock: Clock) {
    this.#cron = cron;
    this.#clock = clock;
  }

  begin(): void {
    this.#dueAt = this.#findAfter(this.#clock.now());
  }

  advance(): void {
    // After the time that was due, too: a clock that is set back a little must not give it again.
    this.#dueAt = this.#findAfter(Math.max(this.#clock.now(), this.#dueAt ?? 0));
  }

  waitMs(): number | undefined {
    return this.#dueAt === undefined ? undefined : this.#dueAt - this.#clock.now();
  }

  #findAfter(time: number): number | undefined {
    return this.#cron.nextRun(new Date(time))?.getTime();
  }
}

/**
 * Five to seven parts, or a nickname such as `@daily`; the library takes a single date, too, which is not
 * periodic.
 */
const CRON_TEXT = /^\s*(@\w+|\S+(\s+\S+){4,6})\s*$/;

/**
 * Finds out when a task is due.
 *
 * @param every Milliseconds or a cron text.
 * @param timeZone The time zone that a cron text is meant in.
 * @param clock The time.
 * @returns The times.
 * @throws {RangeError} when there is no such interval, cron text or time zone; the text says only why.
 */
export async function createRecurrence(
  every: number | string,
  timeZone: string | undefined,
  clock: Clock,
): Promise<Recurrence> {
  if (typeof every === "number") {
    if (timeZone !== undefined) throw new RangeError("a time zone goes with a cron text only");
    if (every > 0 && every <= LONGEST_TIMER_MS) return new Interval(every, clock);
    throw new RangeError(`milliseconds must be above 0 and up to ${LONGEST_TIMER_MS}`);
  }
  if (typeof every !== "string") throw new RangeError("give milliseconds or a cron text");
  checkTimeZone(timeZone);
  if (!CRON_TEXT.test(every)) throw new RangeError('a cron text has five or six parts, as in "0 3 * * *"');
  const cron = await createCron(every.trim(), timeZone);
  if (cron.nextRun(new Date(clock.now())) === null) throw new RangeError("that time never comes");
  return new CronTimes(cron, clock);
}

async function createCron(text: string, timezone: string | undefined): Promise<Cron> {
  const { Cron } = await import("croner");
  try {
    return new Cron(text, { paused: true, ...(timezone !== undefined && { timezone }) });
  } catch (cause) {
    throw new RangeError((cause as Error).message.replace(/^CronPattern: /, ""), { cause });
  }
}

function checkTimeZone(timeZone: string | undefined): void {
  if (timeZone === undefined) return;
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch (cause) {
    throw new RangeError(`there is no time zone ${JSON.stringify(timeZone)}`, { cause });
  }
}
