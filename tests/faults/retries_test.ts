/** R12, R13: handlers fail again and again; the broker is killed meanwhile. */
import { assertEquals, assertGreaterOrEqual, assertLessOrEqual, assertMatch } from "@std/assert";
import type { GetMessage } from "amqplib";
import { hasPrivateBroker } from "../support/broker.ts";
import { emitNumber, type FaultRun, IS_LONG, sized, withBroker } from "../support/fault_run.ts";
import { drainQueue } from "../support/raw_amqp.ts";
import { pause, waitUntil } from "../support/wait_until.ts";

const TIERS = [50, 100, 200];
const MAX_ATTEMPTS = 4;

/** When each event was delivered, by its number, and its attempts. */
class Deliveries {
  readonly byNumber = new Map<number, { atMs: number; attempt: number }[]>();
  count = 0;

  add(number: number, attempt: number): void {
    this.count++;
    const list = this.byNumber.get(number) ?? [];
    list.push({ atMs: performance.now(), attempt });
    this.byNumber.set(number, list);
  }

  /** The pauses before an attempt, in milliseconds, sorted. */
  pausesBefore(attempt: number): number[] {
    return [...this.byNumber.values()].flatMap((list) => {
      const at = list.findIndex((delivery) => delivery.attempt === attempt);
      return at > 0 ? [list[at]!.atMs - list[at - 1]!.atMs] : [];
    }).sort((a, b) => a - b);
  }
}

/** Emits events whose handler always fails. */
async function startFailing(run: FaultRun, count: number, deliveries: Deliveries): Promise<void> {
  const transport = await run.started({ retryDelaysMs: TIERS, publishing: { timeoutMs: 300_000 } });
  await transport.subscribe([
    run.subscription((number, { attempt }) => {
      deliveries.add(number, attempt);
      throw new TypeError(`number ${number} does not please`);
    }, { maxAttempts: MAX_ATTEMPTS, localRetryDelaysMs: [] }),
  ]);
  await run.broker.settle();
  // At a pace that the broker keeps up with, so that what is measured is the pause and no queue.
  for (let n = 0; n < count; n += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, index) => emitNumber(transport, run.event, n + index)));
    await pause(50);
  }
}

/** Collects dead letters until each event is among them. */
async function collectDead(run: FaultRun, count: number): Promise<Map<unknown, GetMessage[]>> {
  const dead = new Map<unknown, GetMessage[]>();
  await waitUntil(`${count} events are dead-lettered`, async () => {
    for (const message of await drainQueue(run.broker.url, run.deadLetterQueue)) {
      const { messageId } = message.properties;
      dead.set(messageId, [...dead.get(messageId) ?? [], message]);
    }
    return dead.size >= count;
  }, 90_000);
  return dead;
}

Deno.test({
  name: "R12: an event whose handler always fails is tried so often, at growing intervals, and dead-lettered",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(100_000, async (run) => {
      const count = sized(200, 1000);

      const deliveries = new Deliveries();
      await startFailing(run, count, deliveries);
      const dead = await collectDead(run, count);

      const late: number[] = [];
      for (const [index, tierMs] of TIERS.entries()) {
        const pauses = deliveries.pausesBefore(index + 2);
        assertEquals(pauses.length, count);
        // The broker counts in milliseconds of its own clock.
        assertGreaterOrEqual(pauses[0]!, tierMs - 2);
        late.push(Math.round(pauses[Math.floor(count / 2)]! - tierMs));
      }
      if (IS_LONG) { for (const lateMs of late) assertLessOrEqual(lateMs, 100); }
      run.report({
        bar: "R12",
        fault: `handler always fails, tiers ${TIERS.join("/")} ms`,
        events: count,
        lost: count - dead.size,
        duplicates: deliveries.count - count * MAX_ATTEMPTS,
        note: `median delay above the tier: ${late.join("/")} ms`,
      });
      assertLessOrEqual(deliveries.count, count * MAX_ATTEMPTS * 1.05);
      for (const [{ properties: { headers } } = {} as GetMessage] of dead.values()) {
        assertEquals(headers?.["x-gs-attempt"], MAX_ATTEMPTS);
        assertEquals(headers?.["x-gs-error-name"], "TypeError");
        assertMatch(String(headers?.["x-gs-error-message"]), /^number \d+ does not please$/);
      }
    }),
});

Deno.test({
  name: "R13: a broker that is killed while events are retried loses none of them",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(100_000, async (run) => {
      const [count, kills] = [sized(200, 1000), sized(1, 5)];
      const deliveries = new Deliveries();

      const emitting = startFailing(run, count, deliveries);
      for (let kill = 1; kill <= kills; kill++) {
        const target = kill * count * MAX_ATTEMPTS / (kills + 1);
        await waitUntil(`${target} deliveries`, () => deliveries.count >= target, 90_000);
        await run.broker.kill();
        await run.broker.start();
      }
      await emitting;
      const dead = await collectDead(run, count);

      run.report({
        bar: "R13",
        fault: `handler always fails, broker killed (SIGKILL) ${kills} times`,
        events: count,
        lost: count - dead.size,
        duplicates: [...dead.values()].reduce((sum, messages) => sum + messages.length - 1, 0),
        note: `${deliveries.count} deliveries for ${count * MAX_ATTEMPTS}; duplicates are dead letters`,
      });
      assertEquals(dead.size, count);
    }),
});
