/** A service whose events are dead, and somebody who looks at them, at a real broker. */
import type { Buffer } from "node:buffer";
import type { Options } from "amqplib";
import { openAmqpDeadLetters } from "../../../src/events/amqp/dead_letters.ts";
import type { DeadLetter, DeadLetterOffice } from "../../../src/events/dead_letter.ts";
import type { EventHandlerOptions } from "../../../src/events/subscription.ts";
import type { ReceivedEvent } from "../../../src/events/event_transport.ts";
import { NonRetryableError } from "../../../src/errors.ts";
import { inspectQueue, withChannel } from "../../support/raw_amqp.ts";
import { waitUntil } from "../../support/wait_until.ts";
import type { TestHandler, TestSpace, TestTransport } from "./transport_fixture.ts";

/** Gives up at once. */
export function giveUp({ body }: ReceivedEvent): never {
  throw new NonRetryableError(`no stock for ${JSON.stringify(body)}`);
}

/** What the tests work with. */
export interface Office extends AsyncDisposable {
  readonly letters: DeadLetterOffice;
  readonly service: TestTransport;
  readonly queue: string;
}

/** A service whose handler works as told, and its dead letters. */
export async function openOffice(
  space: TestSpace,
  handler: TestHandler = giveUp,
  options?: EventHandlerOptions,
  retryDelaysMs = [50, 100],
): Promise<Office> {
  const service = await space.start("shop", { retryDelaysMs });
  await service.handle(handler, options);
  const letters = await openAmqpDeadLetters(space.url, "shop", { namespace: space.namespace });
  const queue = service.topology.names.deadLetterQueue("shop");
  return { letters, service, queue, [Symbol.asyncDispose]: () => letters.close() };
}

/** Waits until so many are dead. */
export async function waitForDead(space: TestSpace, { queue }: Office, count: number): Promise<void> {
  const settled = async (): Promise<boolean> => (await inspectQueue(space.url, queue)).messages === count;
  await waitUntil(`${count} are dead`, settled, 10_000);
}

/** Emits events one after the other, each when the one before is dead. */
export async function emitDead(space: TestSpace, office: Office, bodies: readonly unknown[]): Promise<void> {
  for (const [index, body] of bodies.entries()) {
    await office.service.emit(body);
    await waitForDead(space, office, index + 1);
  }
}

/** Publishes to a queue. */
export async function publish(
  space: TestSpace,
  queue: string,
  content: Buffer,
  options: Options.Publish = {},
): Promise<void> {
  await withChannel(space.url, async (channel) => {
    channel.sendToQueue(queue, content, { persistent: true, ...options });
    // Whatever was sent before is done by then.
    await channel.checkQueue(queue);
  });
}

/** The bodies of dead letters. */
export function bodiesOf(letters: readonly DeadLetter[]): string[] {
  return letters.map(({ body }) => body);
}
