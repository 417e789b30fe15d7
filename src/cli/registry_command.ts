/**
 * `gemstone registry`
 *
 * @module
 */
import { createLogger, type Logger } from "../logger.ts";
import type { RegistryStore } from "../registry/registry_store.ts";
import { ServiceRegistry } from "../registry/service_registry.ts";
import { LONGEST_TIMER_MS } from "../rpc/deadlines.ts";
import { quoteArgument } from "../config/option_table.ts";
import { type CommandArguments, readArguments, readNumber } from "./arguments.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { toLine } from "./terminal_text.ts";

/** Shown for `--help`. */
const REGISTRY_USAGE = `usage: gemstone registry [options]

Runs a registry, by which services find each other, until Ctrl-C ends it.
Services name it in "serviceRegistryUrls"; gemstone list shows who is there.

options:
  --host HOST       listen on this address (default: 127.0.0.1)
  --port PORT       listen on this port, 0 for a free one (default: 8080)
  --redis URL       keep the services in Redis, which several registries can
                    share: redis://user:password@host:port/database
  --lifetime MS     forget a service so long after its last sign of life
                    (default: 60000)
  --legacy          answer as clients of Python gemstone need it
  --verbose         tell of services that come and go
  -h, --help        show this text and exit

Exit codes: 0, ended by a signal; 1, the port can not be listened on; 2, wrong
usage; 3, Redis can not be reached.`;

/** The command. */
export const REGISTRY_COMMAND = { usage: REGISTRY_USAGE, run: runRegistry } satisfies Command;

/**
 * Runs a registry until it is told to end.
 *
 * @param args The arguments of the command.
 * @param context Its surroundings.
 * @returns 0.
 * @throws {UsageError} when the arguments can not be understood.
 * @throws {ListenError} when the address can not be listened on.
 * @throws {BrokerUnavailableError} when Redis can not be reached.
 */
async function runRegistry(args: readonly string[], context: CommandContext): Promise<number> {
  const { values, flags } = readArguments(args, {
    values: ["host", "port", "redis", "lifetime"],
    flags: ["legacy", "verbose"],
    shorts: { v: "verbose" },
  });
  const { output, signal } = context;
  const port = readPort(values);
  const lifetimeMs = readNumber(values, "lifetime", LONGEST_TIMER_MS);
  const store = await openStore(values.get("redis"));
  const registry = new CommandRegistry({
    store,
    logger: createLogger("registry", {
      level: flags.has("verbose") ? "debug" : "warn",
      write: (line) => output.error(toLine(line)),
    }),
  });
  registry.host = values.get("host") ?? registry.host;
  registry.port = port ?? registry.port;
  registry.serviceLifetimeMs = lifetimeMs ?? registry.serviceLifetimeMs;
  if (flags.has("legacy")) registry.responseStyle = "legacy";
  if (signal?.aborted === true) {
    // A signal that aborts later stops the registry, which closes it.
    await store?.close?.();
    return 0;
  }
  await registry.start({ signal });
  output.error(`gemstone: registry: Listening on ${registry.url}, Ctrl-C ends`);
  await registry.stopped;
  return 0;
}

interface CommandRegistryOptions {
  readonly store: RegistryStore | undefined;
  readonly logger: Logger;
}

/** Its settings come from the command, and the command waits for its end. */
class CommandRegistry extends ServiceRegistry {
  override skipConfiguration = true;
  /** Resolves when it has stopped. */
  readonly stopped: Promise<void>;
  readonly #logger: Logger;
  #tellStopped: () => void = () => {};

  constructor({ store, logger }: CommandRegistryOptions) {
    super({ store });
    this.#logger = logger;
    this.stopped = new Promise((resolve) => this.#tellStopped = resolve);
  }

  override getLogger(): Logger {
    return this.#logger;
  }

  override async onServiceStop(): Promise<void> {
    await super.onServiceStop();
    this.#tellStopped();
  }
}

/** Redis is asked before anybody can ask the registry. */
async function openStore(url: string | undefined): Promise<RegistryStore | undefined> {
  if (url === undefined) return undefined;
  const { RedisRegistryStore } = await import("../registry/redis_registry_store.ts");
  const store = createStore(() => new RedisRegistryStore(url));
  await store.connect();
  return store;
}

function createStore<Store>(create: () => Store): Store {
  try {
    return create();
  } catch (error) {
    // The store checks the URL in this way; its texts hold no password.
    if (error instanceof TypeError || error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

function readPort(values: CommandArguments["values"]): number | undefined {
  const text = values.get("port");
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new UsageError(`--port must be a whole number from 0 to 65535, got ${quoteArgument(text)}`);
}
