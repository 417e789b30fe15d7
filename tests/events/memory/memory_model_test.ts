import { assert, assertEquals } from "@std/assert";
import { MemoryEventBroker, NonRetryableError } from "@gemstone/gemstone/events";
import fc from "fast-check";
import { setImmediate } from "node:timers/promises";
import { createGate, type Gate } from "../../support/gate.ts";
import { type Instance, start, stop } from "./fixture.ts";

const SERVICES = ["billing", "mail"] as const;

type Behaviour = "return" | "resolve" | "throw" | "hang" | "refuse";
type Step =
  | { readonly emit: readonly Behaviour[] }
  | { readonly join: 0 | 1 }
  | { readonly leave: number; readonly drainMs: 0 | 20 }
  | { readonly finish: true }
  | { readonly turn: true };

const BEHAVIOUR = fc.constantFrom<Behaviour>("return", "resolve", "throw", "hang", "refuse");
const STEP: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ emit: fc.array(BEHAVIOUR, { minLength: 1, maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ join: fc.constantFrom<0 | 1>(0, 1) }) },
  { weight: 2, arbitrary: fc.record({ leave: fc.nat({ max: 3 }), drainMs: fc.constantFrom<0 | 20>(0, 20) }) },
  { weight: 2, arbitrary: fc.constant<Step>({ finish: true }) },
  { weight: 3, arbitrary: fc.constant<Step>({ turn: true }) },
);

/** Does steps at a broker, and knows what must have become of each event. */
class World {
  readonly broker = new MemoryEventBroker();
  readonly joined = new Set<string>();
  /** The services that each event was for. */
  readonly emitted: string[][] = [];
  readonly #plans: (readonly Behaviour[])[] = [];
  readonly #handled = new Map<string, number>();
  readonly #instances: { readonly service: string; readonly instance: Instance }[] = [];
  readonly #hanging: Gate[] = [];
  #isAtEnd = false;
  #publisher: Instance | undefined;

  async play(steps: readonly Step[]): Promise<void> {
    this.#publisher = await start(this.broker);
    for (const step of steps) {
      if ("emit" in step) await this.#emit(step.emit);
      else if ("join" in step) await this.#join(SERVICES[step.join]);
      else if ("leave" in step) await this.#leave(step.leave, step.drainMs);
      else if ("finish" in step) this.#finish();
      else await setImmediate();
    }
  }

  /** Lets everything be handled that can be. */
  async end(): Promise<void> {
    this.#isAtEnd = true;
    this.#finish();
    for (const service of this.joined) await this.#join(service);
    await this.broker.idle();
    await stop(this.#publisher!, ...this.#instances.map(({ instance }) => instance));
  }

  /** Whether each event was handled or dead-lettered by each service that it was for. */
  async check(): Promise<void> {
    for (const service of SERVICES) {
      const letters = await this.broker.deadLetters(service).list({ limit: 10_000 });
      const dead = new Set(letters.map(({ body }) => Number(body)));
      assertEquals(dead.size, letters.length, "an event is a dead letter twice");
      for (const [number, services] of this.emitted.entries()) {
        const handled = this.#handled.get(`${service} ${number}`) ?? 0;
        const isFor = services.includes(service);
        assert(isFor || handled === 0, `event ${number} came to ${service}, which was not there`);
        if (!isFor) continue;
        assert(handled + Number(dead.has(number)) >= 1, `event ${number} is lost for ${service}`);
      }
    }
    for (const { instance } of this.#instances) assertEquals(instance.transport.stats().running, 0);
  }

  async #emit(plan: readonly Behaviour[]): Promise<void> {
    this.#plans.push(plan);
    const number = this.emitted.push([...this.joined]) - 1;
    const receipt = await this.#publisher!.emit("a", number);
    assertEquals(receipt.routed, this.joined.size > 0);
  }

  async #join(service: string): Promise<void> {
    this.joined.add(service);
    const instance = await start(this.broker, {
      service,
      event: "a",
      concurrency: 2,
      retryDelaysMs: [1, 2],
      maxAttempts: 3,
      handle: ({ body, attempt }) => this.#handle(service, body as number, attempt),
    });
    this.#instances.push({ service, instance });
  }

  async #leave(index: number, drainMs: number): Promise<void> {
    const [leaving] = this.#instances.splice(index, 1);
    await leaving?.instance.transport.stop({ drainMs });
  }

  #finish(): void {
    for (const gate of this.#hanging.splice(0)) gate.resolve();
  }

  async #handle(service: string, number: number, attempt: number): Promise<void> {
    const plan = this.#plans[number]!;
    const behaviour = plan[Math.min(attempt, plan.length) - 1]!;
    if (behaviour === "throw") throw new Error("a fault");
    if (behaviour === "refuse") throw new NonRetryableError("no");
    if (behaviour === "hang" && !this.#isAtEnd) {
      const gate = createGate();
      this.#hanging.push(gate);
      await gate.promise;
    }
    const key = `${service} ${number}`;
    this.#handled.set(key, (this.#handled.get(key) ?? 0) + 1);
  }
}

Deno.test("MemoryEventTransport loses no group event, whoever comes and goes in whatever order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(STEP, { maxLength: 40 }), async (steps) => {
      const world = new World();

      await world.play(steps);
      await world.end();

      await world.check();
    }),
    { numRuns: 100 },
  );
});
