/**
 * URLs of Redis servers, in the forms that the Python library gemstone takes.
 *
 * @module
 */

/** Where a Redis server is, and who we are to it. */
export interface RedisTarget {
  /** Whether the connection is encrypted (`rediss:`). */
  readonly isTls: boolean;
  /** The host, without brackets; empty for a socket in the file system. */
  readonly host: string;
  /** The port. */
  readonly port: number;
  /** The socket in the file system (`unix:`). */
  readonly path: string | undefined;
  /** The user; `undefined` is the default one. */
  readonly username: string | undefined;
  /** The password. */
  readonly password: string | undefined;
  /** The number of the database. */
  readonly database: number;
  /** The URL without password, for people. */
  readonly address: string;
}

const DEFAULT_PORT = 6379;
const HOW =
  "give redis://user:password@host:port/database, rediss: or unix://user:password@/path?db=database";

/**
 * Reads the URL of a Redis server: `redis://user:password@host:port/database`, the same with `rediss:` for TLS, or
 * `unix://user:password@/path?db=database`. Everything but the scheme, and the path of `unix:`, may be left out; the
 * database may also stand in `?db=`. User and password are percent-encoded.
 *
 * @param url The URL.
 * @returns What it says.
 * @throws {TypeError} when it is no string or URL.
 * @throws {RangeError} when it has another scheme or can not be read. The text never holds a password.
 */
export function parseRedisUrl(url: string | URL): RedisTarget {
  if (typeof url !== "string" && !((url as unknown) instanceof URL)) {
    throw new TypeError(`Cannot use ${url === null ? "null" : typeof url} as the URL of Redis: ${HOW}`);
  }
  const text = String(url).trim();
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) throw new RangeError(`Cannot read the URL of Redis: ${HOW}`);
  if (scheme === "unix") return parseUnixUrl(text);
  if (scheme !== "redis" && scheme !== "rediss") {
    throw new RangeError(`Cannot use a URL of scheme "${scheme.slice(0, 40)}" for Redis: ${HOW}`);
  }
  return parseNetworkUrl(text, scheme === "rediss");
}

function parseNetworkUrl(text: string, isTls: boolean): RedisTarget {
  const parts = URL.canParse(text) ? new URL(text) : undefined;
  if (parts === undefined) throw new RangeError(`Cannot read the URL of Redis: ${HOW}`);
  // What the parser takes for host and port is then a part of the password; it must not get into texts.
  if (parts.hash !== "" || `${parts.pathname}${parts.search}`.includes("@")) {
    throw new RangeError(
      "Cannot read the URL of Redis: percent-encode the characters / ? # @ in its user and password",
    );
  }
  const host = decode(parts.hostname).replace(/^\[(.*)\]$/, "$1") || "localhost";
  const port = parts.port === "" ? DEFAULT_PORT : Number(parts.port);
  const username = decode(parts.username) || undefined;
  const database = readDatabase(decode(parts.pathname.slice(1)), parts.searchParams);
  return {
    isTls,
    host,
    port,
    path: undefined,
    username,
    password: decode(parts.password) || undefined,
    database,
    address: `${isTls ? "rediss" : "redis"}://${showUser(username)}${
      host.includes(":") ? `[${host}]` : host
    }:${port}/${database}`,
  };
}

/** WHATWG URLs have no user without a host, so this form is read by hand. */
const UNIX_URL = /^unix:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?(\/[^?#@]+)(?:\?([^#]*))?$/i;

function parseUnixUrl(text: string): RedisTarget {
  const match = UNIX_URL.exec(text);
  if (match === null) throw new RangeError(`Cannot read the URL of Redis: ${HOW}`);
  const [, user = "", password = "", path = "", query = ""] = match;
  const username = decode(user) || undefined;
  const database = readDatabase("", new URLSearchParams(query));
  return {
    isTls: false,
    host: "",
    port: DEFAULT_PORT,
    path: decode(path),
    username,
    password: decode(password) || undefined,
    database,
    address: `unix://${showUser(username)}${path}?db=${database}`,
  };
}

function readDatabase(path: string, query: URLSearchParams): number {
  for (const name of query.keys()) {
    if (name === "db") continue;
    throw new RangeError(
      `Cannot use ${JSON.stringify(name.slice(0, 40))} in the URL of Redis: the query can only say db`,
    );
  }
  const text = path || query.get("db") || "0";
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new RangeError(
    `Cannot use database ${JSON.stringify(text.slice(0, 40))} of the URL of Redis: give its number, from 0`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // The error of the platform quotes nothing; ours must not either.
    throw new RangeError("Cannot read the URL of Redis: its parts are not percent-encoded UTF-8");
  }
}

function showUser(username: string | undefined): string {
  return username === undefined ? "" : `${encodeURIComponent(username)}@`;
}
