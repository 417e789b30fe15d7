/** Clients of a service with several instances, without a network. */
import { type FetchFunction, RemoteService, type RemoteServiceOptions } from "@gemstone/gemstone/client";
import { FakeInstances } from "./fake_instances.ts";

/** Instances. */
export const A = "http://a.test/api";
export const B = "http://b.test/api";
export const C = "http://c.test/api";

/** What fetch of Node says when there was no connection. */
export const REFUSED = new TypeError("fetch failed", { cause: { code: "ECONNREFUSED", syscall: "connect" } });
/** What it says when a connection broke. */
export const RESET = new TypeError("fetch failed", { cause: new Error("read ECONNRESET") });
/** What a service answers that stops. */
export const STOPPED = JSON.stringify({
  jsonrpc: "2.0",
  error: { code: -32003, message: "Service stopped" },
  id: null,
});

/** Answers a request. */
export type Answerer = (body: string, signal: AbortSignal) => Response | Promise<Response>;
/** What an instance does: fails so, or answers so. */
export type Behaviour = Error | Answerer;

/** Answers a call with "ok", and takes a notification. */
export function answer(body: string): Response {
  const { id } = JSON.parse(body);
  return id === undefined
    ? new Response(null, { status: 204 })
    : Response.json({ jsonrpc: "2.0", result: "ok", id });
}

/** A client of instances that behave as told, and the requests that it makes. */
export function createClient(
  behaviours: Readonly<Record<string, Behaviour>>,
  options: RemoteServiceOptions = {},
  onRefresh?: (urls: string[]) => void | Promise<void>,
): { service: RemoteService; instances: FakeInstances; asked: string[] } {
  const asked: string[] = [];
  const fetch: FetchFunction = async (url, init) => {
    asked.push(url);
    const behaviour = behaviours[url] ?? answer;
    if (behaviour instanceof Error) throw behaviour;
    return await behaviour(String(init.body), init.signal as AbortSignal);
  };
  const instances = new FakeInstances(Object.keys(behaviours), onRefresh);
  return { service: new RemoteService(instances, { fetch, ...options }), instances, asked };
}

/** Answers nothing until it is given up. */
export function hang(_body: string, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}
