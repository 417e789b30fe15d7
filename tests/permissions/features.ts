/** What each feature needs of Deno's permissions, and the program that uses it. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RawRedis } from "../events/redis/raw_redis.ts";
import { AMQP_URL } from "../support/broker.ts";
import { REDIS_URL } from "../support/redis_server.ts";

/** What a program may use. */
export interface Stage {
  /** A folder with `settings.json`, `file.txt` and `page.html`. */
  readonly folder: string;
  /** The URL of a service that greets. */
  readonly greeterUrl: string;
  /** Two ports that are free. */
  readonly ports: readonly [number, number];
}

/** How a feature is used. */
export interface Use {
  /** A path in the repository. */
  readonly program: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Each as in `--allow-<permission>`; the program fails without any of them. */
  readonly permissions: readonly string[];
  /** It serves until SIGTERM. @default it ends by itself */
  readonly serves?: boolean;
}

/** A feature. */
export interface Feature {
  readonly name: string;
  /** Without it the test is left out. @default {nothing} */
  readonly needs?: "AMQP_URL" | "REDIS_URL";
  /** Says how to use it on a stage. */
  toUse(stage: Stage): Use;
  /** Removes what its program leaves. */
  cleanUp?(): Promise<void>;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PROGRAMS = join(ROOT, "tests/permissions/programs");
const TOOL = "src/cli/main.ts";
/** In a checkout the library is made of files that must be read, too, wherever a module is loaded by its URL. */
const LIBRARY = `read=${join(ROOT, "src")},${join(ROOT, "mod.ts")}`;
/** A service on port 0 asks for that. */
const ANY_PORT = "net=127.0.0.1:0";

/** What needs no server but its own. */
export const LOCAL_FEATURES: readonly Feature[] = [
  { name: "service.fetch()", toUse: () => use("fetch_only", [], []) },
  { name: "start()", toUse: ({ ports: [port] }) => use("hello_world", ["--port", `${port}`], [toNet(port)]) },
  { name: "RemoteService", toUse: ({ greeterUrl }) => use("client", [greeterUrl], [toNet(greeterUrl)]) },
  { name: "a plugin", toUse: () => use("plugins", [], []) },
  {
    name: "CommandLineConfigurator",
    toUse: () => use("configuration", ["arguments", "--endpoint", "/from_arguments"], []),
  },
  {
    name: "EnvironmentConfigurator",
    toUse: () => ({
      ...use("configuration", ["environment"], ["env=GREETER_*"]),
      env: { GREETER_ENDPOINT: "/from_environment" },
    }),
  },
  {
    name: "JsonFileConfigurator",
    toUse: ({ folder }) => {
      const settings = join(folder, "settings.json");
      return use("configuration", ["file", settings], [`read=${settings}`]);
    },
  },
  { name: "MemoryEventTransport", toUse: () => use("events", [], [ANY_PORT]) },
  {
    name: "ServiceRegistry and serviceRegistryUrls",
    toUse: ({ ports: [one, two] }) =>
      use("discovery", [`${one}`, `${two}`, "registry"], [toNet(one), toNet(two)]),
  },
  { name: "staticDirs", toUse: ({ folder }) => use("web", ["file", folder], [`read=${folder}`]) },
  { name: "templateDir", toUse: ({ folder }) => use("web", ["page", folder], [`read=${folder}`]) },
  { name: "a blocking method", toUse: () => use("blocking", [], [`read=${PROGRAMS}`, LIBRARY]) },
  {
    name: "a WebSocket",
    toUse: ({ ports: [port] }) => use("web_socket", ["--port", `${port}`], [toNet(port)]),
  },
];

/** What needs a broker. */
export const BROKER_FEATURES: readonly Feature[] = [
  {
    name: "RabbitMqEventTransport",
    needs: "AMQP_URL",
    toUse: () => use("events", [AMQP_URL!], [ANY_PORT, toNet(AMQP_URL!, 5672)]),
  },
  {
    name: "RedisEventTransport",
    needs: "REDIS_URL",
    toUse: () => use("events", [REDIS_URL!], [ANY_PORT, toNet(REDIS_URL!, 6379)]),
    cleanUp: async () => {
      await using raw = await RawRedis.open(REDIS_URL!);
      const keys = await raw.text("KEYS", "gemstone_permissions:*") as string[];
      if (keys.length > 0) await raw.text("DEL", ...keys);
    },
  },
  {
    name: "RedisDiscoveryStrategy",
    needs: "REDIS_URL",
    toUse: ({ ports: [one, two] }) =>
      use("discovery", [`${one}`, `${two}`, "redis", REDIS_URL!], [toNet(two), toNet(REDIS_URL!, 6379)]),
  },
  {
    name: "RedisRegistryStore",
    needs: "REDIS_URL",
    toUse: ({ ports: [one, two] }) => {
      const permissions = [toNet(one), toNet(two), toNet(REDIS_URL!, 6379)];
      return use("discovery", [`${one}`, `${two}`, "store", REDIS_URL!], permissions);
    },
  },
];

/** The command line tool. */
export const TOOL_FEATURES: readonly Feature[] = [
  { name: "gemstone --help", toUse: () => ({ program: TOOL, args: ["--help"], permissions: [] }) },
  {
    name: "gemstone call_raw",
    toUse: ({ greeterUrl }) => ({
      program: TOOL,
      args: ["call_raw", greeterUrl, "say_hello", "name=world"],
      permissions: [toNet(greeterUrl)],
    }),
  },
  {
    name: "gemstone registry",
    toUse: ({ ports: [port] }) => ({
      program: TOOL,
      args: ["registry", "--port", `${port}`],
      permissions: [toNet(port)],
      serves: true,
    }),
  },
  {
    name: "gemstone start",
    toUse: ({ ports: [port] }) => ({
      program: TOOL,
      args: ["start", join(PROGRAMS, "greeter.ts"), "--port", `${port}`],
      permissions: [toNet(port), `read=${PROGRAMS}`, LIBRARY],
      serves: true,
    }),
  },
  {
    name: "gemstone new",
    toUse: ({ folder }) => ({
      program: TOOL,
      args: ["new", "shop", "--directory", join(folder, "shop")],
      permissions: [`read=${folder}`, `write=${folder}`],
    }),
  },
];

function use(program: string, args: readonly string[], permissions: readonly string[]): Use {
  return { program: `tests/permissions/programs/${program}.ts`, args, permissions };
}

/** The permission to use a port of this machine, or the host of a URL. */
function toNet(place: number | string, defaultPort?: number): string {
  if (typeof place === "number") return `net=127.0.0.1:${place}`;
  const { hostname, port } = new URL(place);
  return `net=${hostname}:${port || defaultPort}`;
}
