/** Calls services without a socket, and shows what they logged. */
import type { Logger, LogLevel, LogProperties, MicroService } from "@gemstone/gemstone";

/** A record that a service logged. */
export interface LoggedRecord {
  readonly level: LogLevel;
  readonly message: string;
  readonly properties: LogProperties | undefined;
}

/** A logger that remembers. */
export interface MemoryLogger extends Logger {
  readonly records: LoggedRecord[];
}

/** Makes a logger that remembers. */
export function createMemoryLogger(): MemoryLogger {
  const records: LoggedRecord[] = [];
  const at = (level: LogLevel) => (message: string, properties?: LogProperties): void => {
    records.push({ level, message, properties });
  };
  return { records, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** A JSON-RPC response object, as loosely as tests read it. */
export interface Reply {
  readonly jsonrpc: string;
  // deno-lint-ignore no-explicit-any -- a test reads the members that it expects
  readonly result?: any;
  // deno-lint-ignore no-explicit-any -- a test reads the members that it expects
  readonly error?: any;
  readonly id?: unknown;
}

type Fetcher = Pick<MicroService, "fetch">;

/** Posts a body to the endpoint of a service. */
export async function post(
  service: Fetcher,
  body: BodyInit | null,
  headers: Record<string, string> = {},
  path = "/api",
): Promise<Response> {
  const init = { method: "POST", body, headers: { "content-type": "application/json", ...headers } };
  return await service.fetch(new Request(`http://localhost${path}`, init));
}

/** Posts a value as JSON and returns what was answered; `undefined` for an empty 204. */
export async function send(
  service: Fetcher,
  value: unknown,
  headers: Record<string, string> = {},
): Promise<Reply | Reply[] | undefined> {
  const response = await post(service, JSON.stringify(value), headers);
  const text = await response.text();
  return text === "" ? undefined : JSON.parse(text);
}

/** Calls a method with id 1. */
export async function call(
  service: Fetcher,
  method: string,
  params?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  return await send(service, { jsonrpc: "2.0", method, params, id: 1 }, headers) as Reply;
}

/** Sends a notification and returns the answer. */
export async function notify(service: Fetcher, method: string, params?: unknown): Promise<Response> {
  return await post(service, JSON.stringify({ jsonrpc: "2.0", method, params }));
}

/** A promise that the test settles. */
export interface Gate<T = void> {
  readonly promise: Promise<T>;
  readonly open: (value: T) => void;
}

/** Makes a promise that the test settles. */
export function createGate<T = void>(): Gate<T> {
  let open!: (value: T) => void;
  const promise = new Promise<T>((resolve) => open = resolve);
  return { promise, open };
}
