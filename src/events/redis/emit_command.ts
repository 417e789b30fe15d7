/**
 * Events as commands, and what Redis answers to them.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { EventRejectedError, EventTooLargeError } from "../../errors.ts";
import { writeCloudEvent } from "../cloud_event.ts";
import type { OutgoingEvent } from "../event_transport.ts";
import type { RedisReply } from "./driver.ts";
import { EMIT } from "./emit_scripts.ts";
import type { RedisKeys } from "./keys.ts";

/** An event on its way out. */
export interface EmitCommand {
  /** The id of the event. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
  /** Whether it goes into queues; it may be sent twice then, because its id tells. */
  readonly isGroup: boolean;
  /** What is sent. */
  readonly command: readonly string[];
  /** How large it is, in bytes. */
  readonly bytes: number;
}

/** What does not depend on the event. */
export interface EmitLimits {
  /** The largest body, in bytes. */
  readonly maxEventBytes: number;
  /** The longest queue; 0 for no limit. */
  readonly maxQueueLength: number;
}

/**
 * Writes an event: a broadcast as the Python library gemstone does it, the bare body to the channel of its name; a
 * group event as a CloudEvent into the queues of all services.
 *
 * @param event The event.
 * @param keys The keys.
 * @param limits What is allowed.
 * @returns The command.
 * @throws {EventTooLargeError} when the body is too large.
 */
export function toEmitCommand(event: OutgoingEvent, keys: RedisKeys, limits: EmitLimits): EmitCommand {
  const { id, name, json, broadcast } = event;
  const size = Buffer.byteLength(json);
  if (size > limits.maxEventBytes) {
    throw new EventTooLargeError(
      `Cannot emit event "${name}": it has ${size} bytes, and the limit (maxEventBytes) is ${limits.maxEventBytes}`,
    );
  }
  if (broadcast) {
    return { id, name, isGroup: false, command: ["PUBLISH", name, json], bytes: size };
  }
  const args = [String(limits.maxQueueLength), keys.tap(name), writeCloudEvent(event)];
  return { id, name, isGroup: true, command: [...EMIT_CALL, keys.groups(name), ...args], bytes: size };
}

/**
 * The same for a server that does not know the script any more.
 *
 * @param emit The command.
 * @returns What is sent.
 */
export function toFullCommand({ command }: EmitCommand): string[] {
  return ["EVAL", EMIT.text, ...command.slice(2)];
}

/**
 * Finds out why a queue was not written.
 *
 * @param reply The answer.
 * @returns What Redis says; `undefined` when all queues were.
 */
export function readQueueError(reply: RedisReply): Error | undefined {
  return Array.isArray(reply) && reply[0] === "failed" ? new Error(String(reply[2])) : undefined;
}

/**
 * Reads the answer.
 *
 * @param emit The command.
 * @param reply The answer.
 * @returns How many queues, or subscribers of the channel, have got the event.
 * @throws {EventRejectedError} when a queue is full or can not be written.
 */
export function readEmitReply({ name }: EmitCommand, reply: RedisReply): number {
  if (typeof reply === "number") return reply;
  const [what, queue, detail] = Array.isArray(reply) ? reply : [];
  if (what === "full") {
    throw new EventRejectedError(
      `Cannot emit event "${name}": ${queue} holds ${detail} events, and no more are allowed (maxQueueLength)`,
    );
  }
  throw new EventRejectedError(
    `Cannot emit event "${name}": Redis has refused it for ${queue}: ${detail}`,
    { cause: readQueueError(reply) },
  );
}

const EMIT_CALL = ["EVALSHA", EMIT.digest, "1"];
