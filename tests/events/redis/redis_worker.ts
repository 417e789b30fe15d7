/**
 * A program that handles numbered events of Redis, for tests that kill it. Its plan is on the command line. It writes
 * `ready`, then the number of each event whose handler begins; at the end of its standard input it stops.
 */
import process from "node:process";
import { resolveSubscription } from "../../../src/events/subscription.ts";
import { RedisEventTransport } from "../../../src/events/redis/redis_event_transport.ts";
import type { RedisEventOptions } from "../../../src/events/redis/options.ts";

/** What the program does. */
export interface RedisWorkerPlan {
  readonly url: string;
  readonly options: RedisEventOptions;
  readonly event: string;
  /** How long a handler takes, in milliseconds. */
  readonly takesMs: number;
  /** The number of the event whose handler kills the process. */
  readonly killAt?: number;
  /** How long `stop` may drain, in milliseconds. */
  readonly drainMs?: number;
}

/** A worker that its test has forgotten ends itself after this time. */
const LONGEST_LIFE_MS = 5 * 60_000;

async function main(plan: RedisWorkerPlan): Promise<void> {
  setTimeout(() => process.exit(3), LONGEST_LIFE_MS).unref();
  const transport = new RedisEventTransport(plan.url, plan.options);
  process.stdin.resume().once("end", async () => {
    const report = await transport.stop({ drainMs: plan.drainMs ?? 5000 });
    say(`stopped ${JSON.stringify(report)}`);
  });
  await transport.start({ service: "billing", instanceId: String(process.pid), logger: LOGGER });
  await transport.subscribe([{
    event: plan.event,
    settings: resolveSubscription(plan.event, { concurrency: 4, prefetch: 8 }),
    async handle({ body }): Promise<void> {
      say(String(body));
      if (body === plan.killAt) process.kill(process.pid, "SIGKILL");
      if (plan.takesMs > 0) await new Promise((resolve) => setTimeout(resolve, plan.takesMs));
    },
  }]);
  say("ready");
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const log = (message: string): void => void process.stderr.write(`${message}\n`);
const LOGGER = { debug: () => {}, info: () => {}, warn: log, error: log };

if (import.meta.main) await main(JSON.parse(process.argv[2] ?? "") as RedisWorkerPlan);
