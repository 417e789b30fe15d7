/** A client does not notice that an instance and a registry are killed. */
import { assert, assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import { MicroService } from "@gemstone/gemstone";
import type { FetchFunction, RemoteService } from "@gemstone/gemstone/client";
import { ServiceDiscoveryCache } from "@gemstone/gemstone/discovery";
import { toCallOutcome } from "../../src/client/call_outcome.ts";
import { sized } from "../support/fault_run.ts";
import { createMemoryLogger } from "../support/service.ts";
import { waitUntil } from "../support/wait_until.ts";
import { ChaosProcess, PING_INTERVAL_MS, WORKER } from "./chaos_process.ts";

/** The `fetch` of Node 20 takes six times the processor time of that of Deno. */
const CALLS = sized("Deno" in globalThis ? 20_000 : 6_000, 20_000);
const AT_THE_SAME_TIME = 32;

/** One request of the client. */
interface Attempt {
  readonly url: string;
  readonly beginMs: number;
  /** When the connection was refused. */
  refusedMs?: number;
}

/** A service that finds the workers, and remembers each request. */
class Client extends MicroService {
  override name = "chaos.client";
  override remoteServiceCache = new ServiceDiscoveryCache({ lifetimeMs: 250 });
  readonly attempts: Attempt[] = [];
  readonly records = createMemoryLogger();

  override getLogger() {
    return this.records;
  }

  readonly countingFetch: FetchFunction = async (url, init) => {
    const attempt: Attempt = { url, beginMs: performance.now() };
    this.attempts.push(attempt);
    try {
      return await fetch(url, init);
    } catch (error) {
      if (toCallOutcome(error) === "not-sent") attempt.refusedMs = performance.now();
      throw error;
    }
  };
}

/** Calls the worker that often, so many at a time; returns who answered how often, and the failures. */
async function callMany(
  worker: RemoteService,
  count: number,
  onAnswer: (done: number) => void,
): Promise<{ answers: Map<string, number>; failures: unknown[] }> {
  const answers = new Map<string, number>();
  const failures: unknown[] = [];
  let [begun, done] = [0, 0];
  const lane = async (): Promise<void> => {
    while (begun++ < count) {
      try {
        const who = await worker.methods.who();
        answers.set(who, (answers.get(who) ?? 0) + 1);
      } catch (error) {
        failures.push(error);
      }
      onAnswer(++done);
    }
  };
  await Promise.all(Array.from({ length: AT_THE_SAME_TIME }, lane));
  return { answers, failures };
}

Deno.test("a client of three instances and two registries loses no call when one of each is killed", async () => {
  await using first = await ChaosProcess.start("registry");
  await using second = await ChaosProcess.start("registry");
  const registries = [first.url, second.url];
  await using a = await ChaosProcess.start("worker", ...registries);
  await using b = await ChaosProcess.start("worker", ...registries);
  await using c = await ChaosProcess.start("worker", ...registries);
  await using client = new Client();
  client.serviceRegistryUrls = registries;
  const worker = await client.getService(WORKER, { fetch: client.countingFetch, idempotent: true });
  await waitUntil("all are known", async () => {
    await worker.callMethod("who");
    return new Set(client.attempts.map(({ url }) => url)).size === 3;
  });

  let killedMs = Infinity;
  let killing: Promise<unknown> = Promise.resolve();
  let starting: Promise<ChaosProcess> | undefined;
  let listeningMs = Infinity;
  const { answers, failures } = await callMany(worker, CALLS, (done) => {
    if (done === CALLS / 4) {
      killedMs = performance.now();
      killing = Promise.all([a.kill(), first.kill()]);
    }
    if (done === CALLS / 2) {
      starting = ChaosProcess.start("worker", ...registries);
      starting.then(() => listeningMs = performance.now());
    }
  });
  await killing;
  await using d = await starting!;
  const firstCall = () => client.attempts.find(({ url }) => url === d.url);
  await waitUntil("the new one is called", async () => {
    await callMany(worker, AT_THE_SAME_TIME, () => {});
    return firstCall() !== undefined;
  });

  assertEquals(failures, []);
  assertEquals([...answers.values()].reduce((sum, count) => sum + count, 0), CALLS);
  for (const { url } of [a, b, c]) assert((answers.get(url) ?? 0) > CALLS / 20, `${url} got few calls`);
  const ofDead = client.attempts.filter(({ url, beginMs }) => url === a.url && beginMs > killedMs);
  const firstMs = Math.min(...ofDead.map(({ refusedMs = Infinity }) => refusedMs));
  const late = ofDead.filter(({ beginMs }) => beginMs > firstMs + PING_INTERVAL_MS / 10);
  assertLessOrEqual(ofDead.length, 3 * AT_THE_SAME_TIME, "the dead one was called again and again");
  // One call looks after 5 s whether it is back, when a registry has not forgotten it by then.
  assertLessOrEqual(late.length, 1, "the dead one was called after it had refused");
  assertLess(firstCall()!.beginMs - listeningMs, PING_INTERVAL_MS);
});
