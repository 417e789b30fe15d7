/**
 * Reads what RabbitMQ says of a queue or exchange that is other than wanted.
 *
 * @module
 */
import { TopologyConflictError } from "../../errors.ts";
import { replyCodeOf } from "./driver.ts";

/** What differs. */
export interface Inequivalence {
  /** The argument, such as `x-queue-type` or `durable`. */
  readonly argument: string;
  /** What was asked for; `undefined`: nothing, or the text is cut off. */
  readonly wanted: string | undefined;
  /** What there is; `undefined`: nothing, or the text is cut off. */
  readonly found: string | undefined;
}

/**
 * Reads the text of reply code 406 of RabbitMQ:
 * `inequivalent arg 'A' for queue 'Q' in vhost 'V': received W but current is F`. A reply text has 255 bytes at
 * most, so a long name cuts it off.
 *
 * @param text The text, with anything around it.
 * @returns What differs; `undefined` when it says something else.
 */
export function parseInequivalence(text: string): Inequivalence | undefined {
  const argument = /inequivalent arg '([^']*)' for /.exec(text)?.[1];
  if (argument === undefined) return undefined;
  // The last one: names may hold the same words.
  const values = /': received (?<wanted>.*?) but current is (?<found>.*?)"?$/s.exec(
    text.slice(Math.max(0, text.lastIndexOf("': received "))),
  );
  return {
    argument,
    wanted: readValue(values?.groups?.wanted),
    found: readValue(values?.groups?.found),
  };
}

/**
 * Makes an error that a person can act on.
 *
 * @param error The error of the operation.
 * @param object What was declared or looked for, such as `queue "a"`.
 * @param isCheck Whether it was only looked for.
 * @returns A `TopologyConflictError` when the object is in the way or missing, otherwise the error itself.
 */
export function toTopologyError(error: unknown, object: string, isCheck: boolean): unknown {
  const code = replyCodeOf(error);
  const text = (error as Error).message;
  if (isCheck && code === 404) {
    return new TopologyConflictError(
      object,
      `Cannot find ${object}: create it, or let the transport do so (topology: "declare")`,
      { cause: error },
    );
  }
  if (code === 406) {
    const { argument, wanted, found } = parseInequivalence(text) ?? {};
    const what = argument === undefined
      ? text
      : `its argument ${argument} is ${found ?? "not set"}, and ${wanted ?? "no value"} is wanted`;
    return new TopologyConflictError(
      object,
      `Cannot declare ${object}: ${what}; delete it, or use another namespace`,
      {
        ...(argument !== undefined && { argument }),
        ...(wanted !== undefined && { wanted }),
        ...(found !== undefined && { found }),
        cause: error,
      },
    );
  }
  if (code === 405) {
    return new TopologyConflictError(
      object,
      `Cannot declare ${object}: another connection has it for itself`,
      {
        cause: error,
      },
    );
  }
  return error;
}

/** `none`, `'true'` or `the value 'quorum' of type 'longstr'`. */
function readValue(text: string | undefined): string | undefined {
  if (text === undefined || text === "none") return undefined;
  return /^(?:the value )?'(?<value>.*?)'(?: of type '[^']*')?$/s.exec(text)?.groups?.value ?? text;
}
