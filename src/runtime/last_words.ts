/**
 * What a process says when an error ends it that was foreseen.
 *
 * @module
 */
import { exit, onUnhandledError } from "./process.ts";

interface LastWords {
  readonly text: string;
  readonly exitCode: number;
}

const LAST_WORDS = Symbol.for("@gemstone/gemstone.lastWords");

// Of the process, like the event that it listens to: one listener serves all services.
let isListening = false;

/**
 * Lets an error that nobody handles end the process with a text and an exit code of its own, in place of the
 * stack that the runtime prints. Who does handle the error notices nothing.
 *
 * @param error The error, about to be thrown.
 * @param text Printed with a line feed: on standard output when the exit code is 0, else on standard error.
 * @param exitCode The exit code.
 */
export function endProcessIfUnhandled(error: object, text: string, exitCode: number): void {
  Object.defineProperty(error, LAST_WORDS, { value: { text, exitCode }, configurable: true });
  if (!isListening) onUnhandledError(speak);
  isListening = true;
}

function speak(error: unknown): void {
  const words = (error as { readonly [LAST_WORDS]?: LastWords } | null | undefined)?.[LAST_WORDS];
  if (words === undefined) return;
  // deno-lint-ignore no-console -- the last words of a program belong on its console
  (words.exitCode === 0 ? console.log : console.error)(words.text);
  exit(words.exitCode);
}
