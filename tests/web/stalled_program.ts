/**
 * Listens, says where, and stops when its only client has stopped reading, or waits in vain. Its argument says for
 * what: a `stream` without end, a large `file`, a `handler` that never answers.
 */
import process from "node:process";
import { pause, waitUntil } from "../support/wait_until.ts";
import { createFolder, createSite, listenFor } from "./site.ts";

const MIB = 1_048_576;

if (import.meta.main) {
  await using folder = await createFolder({ "large.bin": new Uint8Array(64 * MIB) });
  let [chunks, isWaiting] = [0, false];
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks++;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
  const site = await createSite({
    staticDirs: [["/", folder.path]],
    extraHandlers: [
      ["/stream", () => new Response(endless())],
      ["/handler", () => new Promise<Response>(() => isWaiting = true)],
    ],
  });
  const listener = await listenFor(site);
  console.log(listener.port);
  let known = -1;
  const isStalled = () => {
    const isSame = known === chunks;
    known = chunks;
    return isSame;
  };
  await waitUntil("the client", () => site.answers.untilIdle() !== undefined && (isWaiting || isStalled()));
  // As the service does: it waits, gives up, and cuts what is left.
  const drained = listener.drain(0);
  await pause(50);
  site.answers.abandon();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((resolve) => timer = setTimeout(() => resolve("late"), 100));
  if (await Promise.race([drained, late]) === "late") listener.destroy();
  clearTimeout(timer);
  console.log("stopped", process.argv[2]);
}
