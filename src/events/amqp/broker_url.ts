/**
 * URLs of AMQP brokers: checked, and told without their passwords.
 *
 * @module
 */

/** What a URL of a broker holds, decoded. */
export interface BrokerCredentials {
  /** The user. */
  readonly user: string;
  /** The password. */
  readonly password: string;
}

/** The longest interval of heartbeats that a URL may ask for, in seconds. */
const MAX_HEARTBEAT_SECONDS = 600;

/**
 * Checks the URL of a broker: `amqp://user:password@host:port/vhost` or `amqps:`, all but the host left out at
 * will. User, password and virtual host are percent-encoded. The query is that of the AMQP URI of amqplib, for
 * example `?heartbeat=30` (seconds), which goes before the option.
 *
 * @param url The URL.
 * @returns The URL, trimmed.
 * @throws {TypeError} when it is no string or URL.
 * @throws {RangeError} when it is no URL of a broker. The text never holds a password.
 */
export function checkBrokerUrl(url: unknown): string {
  if (typeof url !== "string" && !(url instanceof URL)) {
    throw new TypeError(`Cannot use ${url === null ? "null" : typeof url} as the URL of a broker: ${HOW}`);
  }
  const text = String(url).trim();
  const parts = URL.canParse(text) ? new URL(text) : undefined;
  if (parts === undefined) throw new RangeError(`Cannot read the URL of the broker: ${HOW}`);
  const { protocol } = parts;
  if (protocol !== "amqp:" && protocol !== "amqps:") {
    throw new RangeError(`Cannot use a URL of scheme "${protocol.slice(0, -1)}" for the broker: ${HOW}`);
  }
  if (parts.hostname === "") throw new RangeError(`Cannot use a URL without host for the broker: ${HOW}`);
  // What the parser takes for host and port is then a part of the password; it must not get into texts.
  if (`${parts.pathname}${parts.search}${parts.hash}`.includes("@") || parts.hash !== "") {
    throw new RangeError(
      "Cannot read the URL of the broker: percent-encode the characters / ? # @ in its user, password and " +
        "virtual host",
    );
  }
  for (const part of [parts.username, parts.password, parts.pathname]) {
    if (decode(part) === undefined) {
      throw new RangeError(
        `Cannot read the URL of the broker at ${parts.host}: its user, password or virtual host is not ` +
          "percent-encoded UTF-8",
      );
    }
  }
  checkHeartbeat(parts);
  return text;
}

/**
 * Describes a URL for people.
 *
 * @param url A checked URL.
 * @returns It, with the user and without password and query.
 */
export function describeUrl(url: string): string {
  const { protocol, username, hostname, port, pathname } = new URL(url);
  const user = username === "" ? "" : `${username}@`;
  const defaultPort = protocol === "amqps:" ? "5671" : "5672";
  return `${protocol}//${user}${hostname}:${port === "" ? defaultPort : port}${
    pathname === "/" ? "" : pathname
  }`;
}

/**
 * Reads who connects.
 *
 * @param url A checked URL.
 * @returns User and password; `guest` and `guest`, the default of RabbitMQ, when it has neither.
 */
export function readCredentials(url: string): BrokerCredentials {
  const { username, password } = new URL(url);
  if (username === "" && password === "") return { user: "guest", password: "guest" };
  return { user: decode(username) ?? "", password: decode(password) ?? "" };
}

const HOW = "give amqp://user:password@host:port/vhost or amqps:";

function checkHeartbeat({ searchParams, host }: URL): void {
  const heartbeat = searchParams.get("heartbeat");
  if (heartbeat === null) return;
  const seconds = /^\d{1,4}$/.test(heartbeat) ? Number(heartbeat) : 0;
  if (seconds >= 1 && seconds <= MAX_HEARTBEAT_SECONDS) return;
  throw new RangeError(
    `Cannot use heartbeat ${JSON.stringify(heartbeat)} of the URL of the broker at ${host}: ` +
      `give seconds from 1 to ${MAX_HEARTBEAT_SECONDS}`,
  );
}

/** Undefined when it is not well encoded. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
