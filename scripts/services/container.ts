/**
 * Servers in containers, for machines with docker and without packages.
 *
 * @module
 */
import { capture } from "../tasks/process.ts";
import type { StartedServer } from "./server_kind.ts";

/** Fetching an image may take this time, in milliseconds. */
const RUN_LIMIT_MS = 300_000;
const LIMIT_MS = 30_000;

/**
 * Starts a container, if there is a docker that answers.
 *
 * @param image The image.
 * @param port The port of the server in the container.
 * @returns The server, which may not be ready yet; `undefined` when there is no docker, or no image to be had.
 */
export async function startContainer(image: string, port: number): Promise<StartedServer | undefined> {
  const docker = (args: string[], timeoutMs = LIMIT_MS) =>
    capture(["docker", ...args], { timeoutMs }).catch(() => undefined);
  if ((await docker(["version"]))?.code !== 0) return undefined;
  const started = await docker(
    ["run", "--rm", "--detach", "--publish", `127.0.0.1::${port}`, image],
    RUN_LIMIT_MS,
  );
  if (started?.code !== 0) return undefined;
  const id = started.stdout.trim();
  const published = await docker(["port", id, String(port)]);
  return {
    port: Number(/:(\d+)\s*$/.exec(published?.stdout ?? "")?.[1] ?? 0),
    async [Symbol.asyncDispose](): Promise<void> {
      await docker(["rm", "--force", id]);
    },
  };
}
