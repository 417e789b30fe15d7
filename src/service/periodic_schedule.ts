/**
 * The periodic tasks of one service. Loaded where there are any.
 *
 * @module
 */
import { ServiceConfigurationError } from "../errors.ts";
import { guardLogger } from "../events/guard_logger.ts";
import type { Logger } from "../logger.ts";
import type { Container } from "./container.ts";
import { type Clock, SYSTEM_CLOCK } from "../clock.ts";
import { PeriodicRunner } from "./periodic_runner.ts";
import type { PeriodicTask, ScheduledTask } from "./periodic_task.ts";
import { createRecurrence } from "./recurrence.ts";

/** What a schedule needs. */
export interface ScheduleOptions {
  /** Takes what happens. */
  readonly logger: Logger;
  /** Told of what a task throws; must not throw. */
  readonly onError: (error: unknown, name: string) => void;
  /** The time. @default {that of the machine} */
  readonly clock?: Clock | undefined;
}

/** A task and what the log calls it. */
export interface NamedTask extends ScheduledTask {
  /** Stands in the log. */
  readonly name: string;
}

/** Runs all periodic tasks of a service. */
export class PeriodicSchedule {
  readonly #runners: readonly PeriodicRunner[];
  readonly #logger: Logger;

  /** Use {@linkcode createSchedule}. */
  constructor(runners: readonly PeriodicRunner[], logger: Logger) {
    this.#runners = runners;
    this.#logger = logger;
  }

  /** Begins. */
  start(): void {
    for (const runner of this.#runners) runner.start();
  }

  /** Begins no run any more. Resolves when none is running; never rejects. */
  async stop(): Promise<void> {
    await Promise.all(this.#runners.map((runner) => runner.stop()));
  }

  /** Tells what still runs that nobody waits any more, and logs it. */
  abort(): void {
    const running = this.#runners.filter(({ isRunning }) => isRunning);
    if (running.length === 0) return;
    const names = running.map(({ name }) => `"${name}"`).join(", ");
    this.#logger.warn(`Stopped before all periodic tasks had ended: ${names}`);
    for (const runner of running) runner.abort();
  }
}

/**
 * Checks periodic tasks and makes their schedule; nothing runs yet.
 *
 * @param tasks The tasks.
 * @param options What the schedule needs.
 * @returns The schedule.
 * @throws {ServiceConfigurationError} when a task can not be used: the text names it and says why.
 */
export async function createSchedule(
  tasks: readonly NamedTask[],
  options: ScheduleOptions,
): Promise<PeriodicSchedule> {
  const { clock = SYSTEM_CLOCK, onError } = options;
  const logger = guardLogger(options.logger);
  const runners: PeriodicRunner[] = [];
  for (const { name, fn, target, every, options: { timeZone, runAtStart = false } } of tasks) {
    try {
      if (typeof name !== "string") throw new RangeError("its name must be a string");
      if (typeof runAtStart !== "boolean") throw new RangeError("runAtStart must be true or false");
      const recurrence = await createRecurrence(every, timeZone, clock);
      const run: typeof fn = (context) => fn.call(target, context);
      runners.push(new PeriodicRunner({ name, run, recurrence, runAtStart, clock, logger, onError }));
    } catch (cause) {
      const value = typeof every === "string" ? JSON.stringify(every) : String(every);
      throw new ServiceConfigurationError(
        `Cannot run periodic task "${String(name)}" every ${value}: ${(cause as Error).message}`,
        { cause },
      );
    }
  }
  return new PeriodicSchedule(runners, logger);
}

/** What is asked of a service that has periodic tasks. */
export interface TaskOwner {
  readonly modules: readonly Container[];
  readonly periodicTasks: readonly PeriodicTask[];
  getPeriodicTasks(): readonly ScheduledTask[];
}

/**
 * Lists the tasks of a service: those of its setting, then the decorated ones of itself and of its modules.
 *
 * @param owner The service; `this` in the functions of the setting.
 * @returns The tasks, each with its name.
 * @throws {ServiceConfigurationError} when an entry of the setting has not the form of one.
 */
export function collectTasks(owner: TaskOwner): NamedTask[] {
  const decorated = [owner, ...owner.modules].flatMap((part) => part.getPeriodicTasks());
  return [...readPeriodicTasks(owner.periodicTasks, owner), ...decorated].map((task) => ({
    ...task,
    name: task.options.name ?? nameOf(task.fn),
  }));
}

function readPeriodicTasks(list: readonly PeriodicTask[], target: object): ScheduledTask[] {
  return list.map((entry, index) => {
    const [fn, every, options = {}] = Array.isArray(entry) ? entry as PeriodicTask : [];
    if (typeof fn !== "function" || every === undefined || typeof options !== "object" || options === null) {
      throw new ServiceConfigurationError(
        `Cannot use entry ${index} of the service's periodicTasks: give [task, every] or [task, every, options]`,
      );
    }
    return { fn, target, every, options };
  });
}

function nameOf({ name }: { readonly name: string }): string {
  return name.replace(/^bound /, "") || "(anonymous)";
}
