/** The web part of a service, with and without sockets, and files for it. */
import { mkdir, mkdtemp, readdir, readlink, realpath, rm, utimes, writeFile } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Dispatcher } from "../../src/rpc/dispatch.ts";
import { type Exchange, RpcHttpHandler } from "../../src/rpc/http.ts";
import { createMethod } from "../../src/rpc/method.ts";
import type { Listener } from "../../src/runtime/http_service.ts";
import { listen } from "../../src/runtime/listen.ts";
import { OpenAnswers } from "../../src/web/open_answers.ts";
import { createWebHandler } from "../../src/web/web_handler.ts";
import type { WebOptions } from "../../src/web/web_options.ts";
import { createMemoryLogger, type MemoryLogger } from "../support/service.ts";

/** A site that answers without a socket. */
export interface Site {
  readonly logger: MemoryLogger;
  /** What it has not finished yet. */
  readonly answers: OpenAnswers;
  /** Answers a request for a path. */
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Answers any request for a path. */
  send(path: string, init: RequestInit): Promise<Response>;
  /** Answers a request. */
  fetch(request: Request): Promise<Response>;
}

/** Prepares a site. */
export async function createSite(options: Partial<WebOptions> = {}): Promise<Site> {
  const logger = createMemoryLogger();
  const microservice = {
    name: "test.site",
    url: "http://127.0.0.1:1/api",
    logger,
    emitEvent: () => Promise.reject(new Error("This service has no events")),
  };
  const answers = new OpenAnswers();
  const fetch = await createWebHandler({ microservice, endpoint: "/api", logger, answers, ...options });
  const send = (path: string, init: RequestInit) => fetch(new Request(`http://localhost${path}`, init));
  return { logger, answers, fetch, send, get: (path, headers = {}) => send(path, { headers }) };
}

/** A site that listens on a free port of the loopback, beside a JSON-RPC endpoint with the method `get_data`. */
export async function listenFor({ fetch, answers }: Site): Promise<AsyncDisposable & Listener> {
  const method = await createMethod("get_data", () => ["hello", 5], undefined);
  const endpoint = new RpcHttpHandler(new Dispatcher<Exchange>(new Map([["get_data", method]])));
  const listener = await listen({
    fetch: (request) => endpoint.isFor(request) ? endpoint.handle(request) : fetch(request),
    fetchOther: fetch,
    refuseLate: () => endpoint.refuseLate(),
    untilIdle: () => answers.untilIdle(),
    takesUpgrades: true,
    endpoint,
    isWebOnly: false,
  }, { host: "127.0.0.1", port: 0 });
  return { ...listener, [Symbol.asyncDispose]: () => listener.drain(0) };
}

/** Sends a GET request as `fetch` can not: on a connection of its own, which can be cut. */
export function ask(
  port: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, path, headers, agent: false }, resolve).once("error", reject);
  });
}

/** A folder that is gone after the test. */
export interface TestFolder extends AsyncDisposable {
  readonly path: string;
  /** Writes files; their last change was long ago. */
  write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
}

/** When the files of a {@linkcode TestFolder} were changed. */
export const LONG_AGO = new Date("2024-05-06T07:08:09Z");

/** Makes a folder with files. */
export async function createFolder(
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<TestFolder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "gemstone-web-")));
  const folder: TestFolder = {
    path,
    async write(more) {
      for (const [name, content] of Object.entries(more)) {
        const file = join(path, name);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, content);
        await utimes(file, LONG_AGO, LONG_AGO);
      }
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
  await folder.write(files);
  return folder;
}

/** Lists the files of a folder that this process has open; none where the system does not tell (it is not Linux). */
export async function listOpenFiles({ path }: TestFolder): Promise<string[]> {
  const descriptors = await readdir("/proc/self/fd").catch(() => []);
  const targets = descriptors.map((descriptor) => readlink(`/proc/self/fd/${descriptor}`).catch(() => ""));
  return (await Promise.all(targets)).filter((target) => target.startsWith(path));
}
