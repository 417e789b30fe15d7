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

const IS_DENO = "Deno" in globalThis;
const CALLS = 20_000;
/** The `fetch` of Node 20 takes six times the processor time of that of Deno. */
const COUNTED_CALLS = sized(IS_DENO ? CALLS : 6_000, CALLS);
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

/** What became of the calls. */
interface Outcome {
  readonly answers: ReadonlyMap<string, number>;
  readonly failures: readonly unknown[];
  /** The URLs of the three instances; the first was killed. */
  readonly urls: readonly [string, string, string];
  readonly killedMs: number;
  /** The instance that came later. */
  readonly newUrl: string;
  readonly listeningMs: number;
}

/** Makes calls while an instance and a registry are killed, and another instance starts. */
async function callInChaos(client: Client, count: number, fetch?: FetchFunction): Promise<Outcome> {
  await using first = await ChaosProcess.start("registry");
  await using second = await ChaosProcess.start("registry");
  const registries = [first.url, second.url];
  await using a = await ChaosProcess.start("worker", ...registries);
  await using b = await ChaosProcess.start("worker", ...registries);
  await using c = await ChaosProcess.start("worker", ...registries);
  client.serviceRegistryUrls = registries;
  const worker = await client.getService(WORKER, { fetch, idempotent: true });
  const known = new Set<string>();
  await waitUntil("all are known", async () => known.add(await worker.methods.who()).size === 3);

  let killedMs = Infinity;
  let killing: Promise<unknown> = Promise.resolve();
  let starting: Promise<ChaosProcess> | undefined;
  let listeningMs = Infinity;
  const { answers, failures } = await callMany(worker, count, (done) => {
    if (done === count / 4) {
      killedMs = performance.now();
      killing = Promise.all([a.kill(), first.kill()]);
    }
    if (done === count / 2) {
      starting = ChaosProcess.start("worker", ...registries);
      starting.then(() => listeningMs = performance.now());
    }
  });
  await killing;
  await using d = await starting!;
  await waitUntil("the new one is called", async () => {
    const later = await callMany(worker, AT_THE_SAME_TIME, () => {});
    return later.answers.has(d.url);
  });
  return { answers, failures, urls: [a.url, b.url, c.url], killedMs, newUrl: d.url, listeningMs };
}

function assertAllAnswered({ answers, failures, urls }: Outcome, count: number): void {
  assertEquals(failures, []);
  assertEquals([...answers.values()].reduce((sum, each) => sum + each, 0), count);
  for (const url of urls) assert((answers.get(url) ?? 0) > count / 20, `${url} got few calls`);
}

Deno.test("a client of three instances and two registries loses no call when one of each is killed", async () => {
  await using client = new Client();
  const outcome = await callInChaos(client, COUNTED_CALLS, client.countingFetch);

  assertAllAnswered(outcome, COUNTED_CALLS);
  const { urls: [deadUrl], killedMs, newUrl, listeningMs } = outcome;
  const ofDead = client.attempts.filter(({ url, beginMs }) => url === deadUrl && beginMs > killedMs);
  const firstMs = Math.min(...ofDead.map(({ refusedMs = Infinity }) => refusedMs));
  const late = ofDead.filter(({ beginMs }) => beginMs > firstMs + PING_INTERVAL_MS / 10);
  assertLessOrEqual(ofDead.length, 3 * AT_THE_SAME_TIME, "the dead one was called again and again");
  // One call looks after 5 s whether it is back, when a registry has not forgotten it by then.
  assertLessOrEqual(late.length, 1, "the dead one was called after it had refused");
  const firstCall = client.attempts.find(({ url }) => url === newUrl);
  assertLess(firstCall!.beginMs - listeningMs, PING_INTERVAL_MS);
});

// On Deno the calls above go the same way.
Deno.test("it loses none where calls do not go through fetch", { ignore: IS_DENO }, async () => {
  await using client = new Client();

  assertAllAnswered(await callInChaos(client, CALLS), CALLS);
});
