/**
 * Says which right a user of RabbitMQ lacks: what the broker says of it may name neither `configure` nor `write` nor
 * `read`.
 *
 * @module
 */
import { replyCodeOf } from "./driver.ts";

/** By class and method of AMQP 0-9-1 (section 1.3): what needs which right (RabbitMQ, "Access Control"). */
const NEEDS: ReadonlyMap<string, string> = new Map([
  [
    "40.10",
    'declaring an exchange needs the right "configure" for it, ' +
    'and with an alternate exchange also "read" for it and "write" for that one',
  ],
  [
    "50.10",
    'declaring a queue needs the right "configure" for it, ' +
    'and with a dead letter exchange also "read" for it and "write" for that one',
  ],
  ["50.20", 'binding needs the right "write" for the queue, and "read" for the exchange'],
  ["60.20", 'consuming needs the right "read" for the queue'],
  ["60.40", 'publishing needs the right "write" for the exchange'],
  ["60.70", 'fetching needs the right "read" for the queue'],
]);

/**
 * Says what an error says and, when the broker has refused access (reply code 403), which right that needs.
 *
 * @param error The error of an operation or of a channel.
 * @returns What to tell a person; the text of the error when it is another one.
 */
export function explainRefusal(error: Error): string {
  const { message } = error;
  if (replyCodeOf(error) !== 403) return message;
  const { classId, methodId } = error as { classId?: unknown; methodId?: unknown };
  const need = NEEDS.get(`${classId}.${methodId}`);
  return need === undefined ? message : `${message}; ${need}`;
}
