/**
 * Runs Lua scripts on the server, where each is one step that nothing comes between.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { RedisConnection, RedisReply } from "./driver.ts";

/** A script and the digest that the server knows it by. */
export interface RedisScript {
  /** The Lua source. */
  readonly text: string;
  /** SHA-1 of it, in hexadecimal. */
  readonly digest: string;
}

/**
 * Makes a script.
 *
 * @param text The Lua source.
 * @returns The script.
 */
export function createScript(text: string): RedisScript {
  return { text, digest: createHash("sha1").update(text).digest("hex") };
}

/**
 * Brings scripts to the server, so that they can be called by their digests.
 *
 * @param connection The connection.
 * @param scripts The scripts.
 */
export async function loadScripts(
  connection: RedisConnection,
  scripts: readonly RedisScript[],
): Promise<void> {
  const loads = scripts.map(({ text }) => connection.send(["SCRIPT", "LOAD", text]));
  // A user who may not do that can still send the whole text with the first call.
  await Promise.allSettled(loads);
}

/**
 * Runs a script. One that the server does not know, because somebody has flushed them, is sent along.
 *
 * @param connection The connection.
 * @param script The script.
 * @param keys Its `KEYS`.
 * @param args Its `ARGV`.
 * @param asBytes Whether the answer has bytes in place of text.
 * @returns The answer.
 */
export async function runScript(
  connection: RedisConnection,
  script: RedisScript,
  keys: readonly string[],
  args: readonly string[],
  asBytes = false,
): Promise<RedisReply> {
  const rest = [String(keys.length), ...keys, ...args];
  const send = (command: string[]): Promise<RedisReply> =>
    asBytes ? connection.sendForBytes(command) : connection.send(command);
  try {
    return await send(["EVALSHA", script.digest, ...rest]);
  } catch (error) {
    if (readReplyCode(error) !== "NOSCRIPT") throw error;
    return await send(["EVAL", script.text, ...rest]);
  }
}

/**
 * Reads which error Redis has answered.
 *
 * @param error What a command rejected with.
 * @returns The first word of the answer, such as `WRONGTYPE` or `ERR`; `undefined` when there was no answer.
 */
export function readReplyCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { message } = error;
  // Redis 6 hides what happened inside of a script behind ERR.
  return INSIDE_SCRIPT.exec(message)?.[1] ?? /^([A-Z]{2,})(?: |$)/.exec(message)?.[1];
}

const INSIDE_SCRIPT = /^ERR Error running script .*@user_script:\s?\d+: -?([A-Z]{3,}) /;

/** What Redis answers while it can not write for the moment: it starts, follows another server, or runs a script. */
const TRANSIENT = new Set([
  "LOADING",
  "READONLY",
  "MASTERDOWN",
  "CLUSTERDOWN",
  "TRYAGAIN",
  "BUSY",
  "UNKILLABLE",
]);

/**
 * Whether Redis may answer otherwise in a moment, or after a new connection.
 *
 * @param code The first word of the answer.
 * @returns Whether it may.
 */
export function isTransient(code: string | undefined): boolean {
  return code !== undefined && TRANSIENT.has(code);
}
