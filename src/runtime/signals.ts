/**
 * The signals by which an operating system asks a process to end.
 *
 * @module
 */
import { exit, getNodeProcess, IS_DENO } from "./process.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** How long further signals mean the same, in milliseconds. */
const SAME_WISH_MS = 1_000;
/** What a shell reports of a process that SIGINT has ended. */
const IMPATIENT_EXIT_CODE = 130;

/**
 * Who has to stop before the process ends. It belongs to the process, as signals do: a service that has stopped
 * must not end the process while another one still finishes its calls.
 */
const stoppers: Set<() => Promise<void>> = new Set();
let firstAt: number | undefined;

/**
 * Calls a function when the operating system asks the process to end (SIGINT or SIGTERM). The process ends with
 * exit code 0 as soon as all functions of this kind have settled. Signals in the second after the first are the
 * same wish: a terminal and the parent processes often send it several times. A later one ends the process at
 * once with exit code 130.
 *
 * @param stop The function; its promise must not reject.
 * @returns Forgets the function. When none is left, signals have their own meaning again.
 */
export function onStopSignal(stop: () => Promise<void>): () => void {
  if (stoppers.size === 0) listenToSignals(true);
  stoppers.add(stop);
  return () => {
    // While the process is about to end, a signal must not kill it.
    if (stoppers.delete(stop) && stoppers.size === 0 && firstAt === undefined) listenToSignals(false);
  };
}

function onSignal(): void {
  if (firstAt === undefined) {
    firstAt = performance.now();
    Promise.all([...stoppers].map((stop) => stop())).then(() => exit(0));
  } else if (performance.now() - firstAt > SAME_WISH_MS) {
    exit(IMPATIENT_EXIT_CODE);
  }
}

function listenToSignals(isOn: boolean): void {
  for (const signal of SIGNALS) {
    if (IS_DENO) {
      isOn ? Deno.addSignalListener(signal, onSignal) : Deno.removeSignalListener(signal, onSignal);
    } else isOn ? getNodeProcess().on(signal, onSignal) : getNodeProcess().off(signal, onSignal);
  }
}
