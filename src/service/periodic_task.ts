/**
 * Work that a service does again and again: a list of it in a setting, and a decorator.
 *
 * @module
 */
import { checkDecorated, walkMethods } from "./exposure.ts";

/**
 * What a run of a periodic task can learn about itself.
 *
 * @example
 * ```ts
 * import { type PeriodicRun, periodicTask, MicroService } from "@gemstone/gemstone";
 *
 * class Mirror extends MicroService {
 *   override name = "mirror";
 *   @periodicTask(60_000)
 *   async copy({ signal }: PeriodicRun): Promise<void> {
 *     // Ends when `stop()` has waited long enough, in place of holding it up.
 *     await fetch("http://127.0.0.1:8001/articles", { signal });
 *   }
 * }
 * ```
 */
export interface PeriodicRun {
  /** Aborts when the service stops and the run has not ended within its `shutdownTimeoutMs`. */
  readonly signal: AbortSignal;
}

/**
 * A periodic task. A promise is awaited: the next run does not begin before it is settled.
 *
 * @example A task that several services have
 * ```ts
 * import { MicroService, type PeriodicFunction, type PeriodicTask } from "@gemstone/gemstone";
 *
 * const reportMemory: PeriodicFunction = async () => {
 *   const { default: process } = await import("node:process");
 *   console.log(`${process.memoryUsage().rss} bytes`);
 * };
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override periodicTasks: PeriodicTask[] = [[reportMemory, 60_000]];
 * }
 * ```
 */
export type PeriodicFunction = (run: PeriodicRun) => unknown;

/**
 * How a periodic task runs.
 *
 * @example What is needed from the start, and has to be renewed
 * ```ts
 * import { MicroService, periodicTask, type PeriodicTaskOptions } from "@gemstone/gemstone";
 *
 * const options: PeriodicTaskOptions = { name: "exchange rates", timeZone: "Europe/Vienna", runAtStart: true };
 *
 * class Prices extends MicroService {
 *   override name = "prices";
 *   rates = new Map<string, number>();
 *   @periodicTask("5 0 * * *", options) // at five past midnight, and once when the service starts
 *   load(): void {
 *     this.rates.set("USD", 1.08);
 *   }
 * }
 * ```
 */
export interface PeriodicTaskOptions {
  /** Stands in the log. @default {the name of the function} */
  readonly name?: string | undefined;
  /** The time zone that a cron text is meant in, such as `"Europe/Vienna"`. @default {that of the machine} */
  readonly timeZone?: string | undefined;
  /** Runs once more, when the service has started. @default {false} */
  readonly runAtStart?: boolean | undefined;
}

/**
 * A task and how often it runs: every so many milliseconds (above 0, up to 2,147,483,647), or by a cron text.
 * `"0 3 * * *"` is each night at three; with six parts the first one is the second: `"30 * * * * *"`.
 *
 * @example
 * ```ts
 * import { MicroService, type PeriodicTask } from "@gemstone/gemstone";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override periodicTasks: PeriodicTask[] = [
 *     [() => this.logger.info("Still here"), 60_000],
 *     [() => this.logger.info("Good morning"), "0 7 * * 1-5", { name: "greeting", timeZone: "Europe/Vienna" }],
 *   ];
 * }
 * ```
 */
export type PeriodicTask = readonly [
  task: PeriodicFunction,
  every: number | string,
  options?: PeriodicTaskOptions,
];

/**
 * A function that runs again and again, or is to.
 *
 * @example Test a task without waiting for the night
 * ```ts
 * import { MicroService, periodicTask, type ScheduledTask } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   cleaned = 0;
 *   @periodicTask("0 3 * * *")
 *   cleanUp(): void {
 *     this.cleaned++;
 *   }
 * }
 *
 * const shop = new Shop();
 * const [task]: readonly ScheduledTask[] = shop.getPeriodicTasks();
 * assertEquals(task?.every, "0 3 * * *");
 * task?.fn.call(task.target, { signal: new AbortController().signal });
 * assertEquals(shop.cleaned, 1);
 * ```
 */
export interface ScheduledTask {
  /** The function. */
  readonly fn: PeriodicFunction;
  /** What `this` is in it. */
  readonly target: object;
  /** Milliseconds or a cron text. */
  readonly every: number | string;
  /** How it runs. */
  readonly options: PeriodicTaskOptions;
}

/**
 * A standard (TC39) decorator of a method that runs again and again.
 *
 * @example A decorator of your own
 * ```ts
 * import { MicroService, periodicTask, type PeriodicTaskDecorator } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * // Each night in the time zone of the company.
 * const nightly = (hour: number): PeriodicTaskDecorator => periodicTask(`0 ${hour} * * *`, { timeZone: "UTC" });
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   @nightly(3)
 *   cleanUp(): void {}
 * }
 * assertEquals(new Shop().getPeriodicTasks()[0]?.every, "0 3 * * *");
 * ```
 */
export type PeriodicTaskDecorator = (method: PeriodicFunction, context: ClassMethodDecoratorContext) => void;

/**
 * Makes a service run a method again and again while it is started, as the setting `periodicTasks` does with
 * functions.
 *
 * With milliseconds the first run begins after one interval, and the others at whole intervals from the
 * start, so they do not drift. A run never begins while the last one is running: it is skipped. Runs that
 * were missed, because the process was busy or asleep, are made up for by one. A run that fails is logged,
 * plugins are told, and the next one comes as usual. `stop()` waits for what runs, so do not wait for it
 * in a task.
 *
 * @param every Milliseconds, or a cron text.
 * @param options How it runs.
 * @returns The decorator; several on one method are fine.
 * @throws {TypeError} when `every` is neither, what is decorated is no public instance method, or the compiler uses
 * the legacy decorators. The rest is checked when the service prepares.
 *
 * @example
 * ```ts
 * import { MicroService, type PeriodicTask, periodicTask } from "@gemstone/gemstone";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override periodicTasks: PeriodicTask[] = [
 *     [() => this.logger.info("Still here"), 60_000],
 *   ];
 *
 *   @periodicTask("0 3 * * *", { timeZone: "Europe/Vienna" })
 *   async cleanUp({ signal }: { signal: AbortSignal }): Promise<void> {
 *     if (!signal.aborted) await Promise.resolve();
 *   }
 * }
 * ```
 */
export function periodicTask(
  every: number | string,
  options: PeriodicTaskOptions = {},
  ...others: readonly never[]
): PeriodicTaskDecorator {
  // Both dialects pass something else, or more, when they take this function itself for the decorator.
  if ((typeof every !== "number" && typeof every !== "string") || others.length > 0) {
    throw new TypeError(
      'Cannot repeat a method without an interval: write @periodicTask(60_000) or @periodicTask("0 3 * * *")',
    );
  }
  return (method, context) => {
    checkDecorated("periodicTask", context, "run periodically");
    const value = [...(method as Marked)[MARK] ?? [], { every, options }];
    Object.defineProperty(method, MARK, { value, configurable: true });
  };
}

/**
 * Finds the periodic tasks of an object, inherited ones included. A method that overrides one runs
 * periodically only when it is decorated itself.
 *
 * @param target The object.
 * @returns Its periodic tasks.
 */
export function collectPeriodicTasks(target: object): ScheduledTask[] {
  return walkMethods(target).flatMap(([, fn]) =>
    ((fn as Marked)[MARK] ?? []).map(({ every, options }) => ({
      fn: fn as PeriodicFunction,
      target,
      every,
      options,
    }))
  );
}

// Of the whole process, so that a class and a service from two copies of the package understand each other.
const MARK = Symbol.for("@gemstone/gemstone.periodicTask");

interface Marked {
  readonly [MARK]?: readonly { readonly every: number | string; readonly options: PeriodicTaskOptions }[];
}
