/**
 * A service that does things again and again: by milliseconds, by a cron text, and by a decorated method.
 *
 * ```sh
 * deno run -A examples/periodic_tasks/main.ts --port 8000
 *
 * curl -X POST -H "Content-Type: application/json" http://127.0.0.1:8000/api \
 *   -d '{"jsonrpc": "2.0", "id": 1, "method": "count_runs"}'
 * ```
 *
 * @module
 */
import {
  exposedMethod,
  MicroService,
  type PeriodicRun,
  type PeriodicTask,
  periodicTask,
} from "@gemstone/gemstone";

export class BusyService extends MicroService {
  override name = "busy";
  readonly #runs = { beat: 0, refresh: 0, tick: 0 };

  /** Functions, and how often they run. One that fails is logged, and runs again the next time. */
  override periodicTasks: PeriodicTask[] = [
    [() => this.#runs.beat++, 200, { name: "beat" }],
    // A cron text: with six parts the first one is the second, so this is every second.
    [() => this.#runs.tick++, "* * * * * *", { name: "tick" }],
  ];

  /** Runs at the start and then every minute; a run never begins while the last one goes on. */
  @periodicTask(60_000, { runAtStart: true })
  async refresh({ signal }: PeriodicRun): Promise<void> {
    await Promise.resolve();
    // stop() waits for a run; the signal aborts when it can wait no longer.
    if (!signal.aborted) this.#runs.refresh++;
  }

  /** Each night at three, wherever the machine stands. */
  @periodicTask("0 3 * * *", { timeZone: "Europe/Vienna" })
  cleanUp(): void {
    this.logger.info("Cleaned up");
  }

  @exposedMethod()
  count_runs(): { beat: number; refresh: number; tick: number } {
    return this.#runs;
  }
}

if (import.meta.main) await new BusyService().start();
