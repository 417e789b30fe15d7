/** A periodic task on a clock that a test moves. */
import { ManualClock } from "@gemstone/gemstone/testing";
import { createSchedule, type PeriodicSchedule } from "../../src/service/periodic_schedule.ts";
import type { PeriodicFunction, PeriodicTaskOptions } from "../../src/service/periodic_task.ts";
import { createMemoryLogger, type MemoryLogger } from "./service.ts";

/** One task, its clock, and what was said of it. */
export interface Stage {
  readonly clock: ManualClock;
  readonly schedule: PeriodicSchedule;
  readonly logger: MemoryLogger;
  /** When it ran, in milliseconds since the start. */
  readonly runs: number[];
  readonly errors: unknown[];
}

/** What runs, and on which clock. */
export interface StageOptions extends PeriodicTaskOptions {
  readonly task?: PeriodicFunction;
  readonly clock?: ManualClock;
}

/** Makes a schedule of one task; it has not been started. */
export async function createStage(every: number | string, stageOptions: StageOptions = {}): Promise<Stage> {
  const { task = () => {}, clock = new ManualClock(), ...options } = stageOptions;
  const logger = createMemoryLogger();
  const beganAt = clock.elapsed();
  const runs: number[] = [];
  const errors: unknown[] = [];
  const fn: PeriodicFunction = (run) => {
    runs.push(clock.elapsed() - beganAt);
    return task(run);
  };
  const schedule = await createSchedule([{ name: options.name ?? "task", fn, target: {}, every, options }], {
    clock,
    logger,
    onError: (error, name) => errors.push([error, name]),
  });
  return { clock, schedule, logger, runs, errors };
}
