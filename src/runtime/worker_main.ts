/**
 * The program of a worker: it loads the modules that it is told, calls what it is told, and answers. It does one
 * task at a time.
 *
 * @module
 */
import { setImmediate, setInterval } from "node:timers";
import { getHeapStatistics } from "node:v8";
import { type MessagePort, parentPort } from "node:worker_threads";
import { IS_DENO } from "./process.ts";
import { packThrown } from "./worker_error.ts";
import { ModuleLoader } from "./worker_module.ts";
import {
  createResultError,
  type WorkerAnswer,
  type WorkerMessage,
  type WorkerTask,
} from "./worker_protocol.ts";
import { type ModuleExports, TargetFinder } from "./worker_target.ts";
import { collectBuffers } from "./worker_transfer.ts";

/** How often a worker looks whether it has run out of memory, in milliseconds. */
const WATCH_MS = 1_000;

/** What a worker has made so far. */
interface Bench {
  readonly port: MessagePort;
  readonly loader: ModuleLoader;
  readonly finder: TargetFinder;
}

/** Loads the module of a task, then lets a timer run it: of code that runs out of memory there Deno tells at once. */
async function takeTask(bench: Bench, task: WorkerTask): Promise<void> {
  try {
    const exports = bench.loader.get(task.module) ?? await bench.loader.load(task.module);
    setImmediate(runTask, bench, task, exports);
  } catch (thrown) {
    send(bench.port, task, { id: task.id, thrown: packThrown(thrown), isSpent: true });
  }
}

async function runTask({ port, finder }: Bench, task: WorkerTask, exports: ModuleExports): Promise<void> {
  const { id } = task;
  let answer: WorkerAnswer;
  try {
    const call = finder.find(task, exports);
    answer = { id, value: await call(task.args) };
  } catch (thrown) {
    answer = { id, thrown: packThrown(thrown) };
  }
  send(port, task, answer);
}

function send(port: MessagePort, task: WorkerTask, answer: WorkerAnswer): void {
  try {
    const buffers = "value" in answer ? collectBuffers(answer.value) : [];
    if (buffers.length > 0) return port.postMessage(answer, buffers);
  } catch {
    // One of them must not be moved (the memory of WebAssembly), or a getter throws: then all is copied, or fails.
  }
  try {
    port.postMessage(answer);
  } catch (cause) {
    const error = createResultError(task, cause);
    port.postMessage({ id: task.id, thrown: packThrown(error) } satisfies WorkerMessage);
  }
}

/**
 * Out of memory, Deno ends the running code, but not the worker when that code ran behind an `await`: the task would
 * never be answered. What stays visible is that V8 has raised the limit of the heap to get that far.
 */
function watchMemory(port: MessagePort): void {
  const limit = getHeapStatistics().heap_size_limit;
  const watch = setInterval(() => {
    if (getHeapStatistics().heap_size_limit <= limit) return;
    port.postMessage({ isOutOfMemory: true } satisfies WorkerMessage);
  }, WATCH_MS);
  watch.unref();
}

function serve(port: MessagePort): void {
  const bench: Bench = { port, loader: new ModuleLoader(), finder: new TargetFinder() };
  if (IS_DENO) watchMemory(port);
  port.on("message", (task: WorkerTask) => void takeTask(bench, task));
  port.on("messageerror", ({ message }: Error) => {
    port.postMessage({ unreadable: message } satisfies WorkerMessage);
  });
}

// Whoever imports this module outside a worker gets nothing.
if (parentPort !== null) serve(parentPort);
