/** RabbitMQ for tests: the one that tests share, and private ones that they may kill. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { CertificateAuthority } from "./certificate.ts";
import { GuardedServer, makeServerDirectory, type ServerPlan } from "./guarded_server.ts";
import { runCommand } from "./run_command.ts";
import { findFreePort } from "./tcp_port.ts";

/** Where Debian and Ubuntu, and most others, put it; the version is a part of the path. */
const INSTALLATIONS = ["/usr/lib/rabbitmq/lib", "/opt/rabbitmq", "/usr/local/lib/rabbitmq"];
/** The folder of a private broker that another process has made for the tests. */
const ATTACH = "GEMSTONE_PRIVATE_BROKER";

/**
 * The URL of the broker that tests share, from `AMQP_URL`. Without one the tests that need it are to be ignored:
 * `deno task test` finds or starts one, and says so when it can not.
 */
export const AMQP_URL: string | undefined = process.env.AMQP_URL || undefined;

/** Whether this machine can run private brokers; tests that need one are ignored otherwise. */
export function hasPrivateBroker(): boolean {
  return process.platform !== "win32" && findScripts() !== undefined;
}

/** A broker on the loopback with data of its own. */
export class PrivateBroker {
  readonly #server: GuardedServer;

  private constructor(server: GuardedServer) {
    this.#server = server;
  }

  /** Takes the private broker that the test run has made, or makes one for this test; it runs. */
  static async acquire(): Promise<PrivateBroker> {
    const directory = process.env[ATTACH];
    if (!directory) return await PrivateBroker.create();
    const broker = new PrivateBroker(await GuardedServer.attach(directory));
    await broker.start();
    return broker;
  }

  /** Makes one; it runs. */
  static async create(): Promise<PrivateBroker> {
    const broker = new PrivateBroker(await GuardedServer.create(await plan()));
    try {
      await broker.start();
    } catch (error) {
      await broker[Symbol.asyncDispose]();
      throw error;
    }
    return broker;
  }

  /** What lets the processes that we start {@linkcode acquire} this broker. */
  get env(): Record<string, string> {
    return { [ATTACH]: this.#server.plan.directory };
  }

  /** Where it listens, on 127.0.0.1. */
  get port(): number {
    return this.#server.plan.port;
  }

  /** Its URL. */
  get url(): string {
    return toUrl(this.port);
  }

  /** Where it listens with TLS, and the authority that vouches for it; its name is `localhost`. */
  get tls(): { port: number; ca: string } {
    const { env, directory } = this.#server.plan;
    return { port: Number(env.GEMSTONE_TLS_PORT), ca: readFileSync(join(directory, "ca.pem"), "utf8") };
  }

  /** Starts it, with the data that it had, and waits until it listens. */
  start(): Promise<void> {
    return this.#server.start();
  }

  /** Ends it with SIGKILL. */
  kill(): Promise<void> {
    return this.#server.kill();
  }

  /** Ends it with SIGTERM. */
  terminate(): Promise<void> {
    return this.#server.terminate();
  }

  /** Stops it with SIGSTOP: connections stay open, nothing is answered. */
  pause(): Promise<void> {
    return this.#server.pause();
  }

  /** Lets it go on. */
  resume(): Promise<void> {
    return this.#server.resume();
  }

  /** Runs `rabbitmqctl`, for example with `"stop_app"`, and returns what it printed. */
  async control(...args: string[]): Promise<string> {
    const { env } = this.#server.plan;
    const command = [join(env.GEMSTONE_SCRIPTS!, "rabbitmqctl"), "--quiet", "--node", env.RABBITMQ_NODENAME!];
    const { code, stdout, stderr } = await runCommand([...command, ...args], { env, limitMs: 60_000 });
    if (code !== 0) throw new Error(`rabbitmqctl ${args[0]} ended with ${code}: ${stderr}${stdout}`);
    return stdout;
  }

  /** Raises the memory alarm, which blocks publishers, or takes it back. */
  async setMemoryAlarm(isOn: boolean): Promise<void> {
    await this.control("set_vm_memory_high_watermark", "absolute", isOn ? "1" : `${MEMORY_LIMIT_MB}MB`);
  }

  /**
   * Makes the queues that have just been declared survive a SIGKILL. RabbitMQ 3.10 keeps the directory of its quorum
   * queues in a table that it writes with a delay of three seconds; a queue that is not in there comes back empty,
   * and without a leader.
   */
  async settle(): Promise<void> {
    await this.control("eval", "[dets:sync(Table) || Table <- dets:all()].");
  }

  /** Ends a broker that was made for this object. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#server[Symbol.asyncDispose]();
  }
}

/** The URL of a broker, or of a proxy in front of one, on a port of this machine. */
export function toUrl(port: number): string {
  return `amqp://guest:guest@127.0.0.1:${port}`;
}

const MEMORY_LIMIT_MB = 600;

function findScripts(): string | undefined {
  const scripts = INSTALLATIONS.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder).filter((name) => name.startsWith("rabbitmq_server-"))
      .map((name) => join(folder, name, "sbin"))
  );
  return scripts.find((folder) => existsSync(join(folder, "rabbitmq-server")));
}

async function plan(): Promise<ServerPlan> {
  const scripts = findScripts();
  if (scripts === undefined) throw new Error("Cannot find rabbitmq-server: install the package of that name");
  const directory = await makeServerDirectory();
  const places: Places = {
    directory,
    scripts,
    port: await findFreePort(),
    tlsPort: await findFreePort(),
    nodePort: await findFreePort(),
    epmdPort: await findFreePort(),
  };
  for (const name of ["home", "data", "log", "generated"]) await mkdir(join(directory, name));
  const authority = new CertificateAuthority();
  const { cert, key } = authority.issue("localhost");
  const files = {
    "rabbitmq.conf": toConfiguration(places),
    "plugins": "[].\n",
    "ca.pem": authority.cert,
    "cert.pem": cert,
    "key.pem": key,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return {
    directory,
    port: places.port,
    // Not the script in /usr/sbin: it changes the user and drops the environment.
    command: [join(scripts, "rabbitmq-server")],
    // Erlang would leave one behind.
    companion: ["epmd", "-port", String(places.epmdPort), "-address", "127.0.0.1"],
    env: toEnvironment(places),
  };
}

interface Places {
  readonly directory: string;
  readonly scripts: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly nodePort: number;
  readonly epmdPort: number;
}

function toConfiguration({ directory, port, tlsPort }: Places): string {
  return [
    `listeners.tcp.1 = 127.0.0.1:${port}`,
    `listeners.ssl.1 = 127.0.0.1:${tlsPort}`,
    `ssl_options.cacertfile = ${join(directory, "ca.pem")}`,
    `ssl_options.certfile = ${join(directory, "cert.pem")}`,
    `ssl_options.keyfile = ${join(directory, "key.pem")}`,
    "loopback_users = none",
    "disk_free_limit.absolute = 1MB",
    `vm_memory_high_watermark.absolute = ${MEMORY_LIMIT_MB}MB`,
    "raft.wal_max_size_bytes = 16000000",
    "collect_statistics = none",
    "log.console = false",
    "log.file.level = warning",
    "",
  ].join("\n");
}

function toEnvironment({ directory, scripts, tlsPort, nodePort, epmdPort }: Places): Record<string, string> {
  const loopback = "-kernel inet_dist_use_interface {127,0,0,1}";
  return {
    GEMSTONE_SCRIPTS: scripts,
    GEMSTONE_TLS_PORT: String(tlsPort),
    // The cookie is made there.
    HOME: join(directory, "home"),
    ERL_EPMD_ADDRESS: "127.0.0.1",
    ERL_EPMD_PORT: String(epmdPort),
    RABBITMQ_NODENAME: `gemstone${epmdPort}@localhost`,
    RABBITMQ_DIST_PORT: String(nodePort),
    RABBITMQ_MNESIA_BASE: join(directory, "data"),
    RABBITMQ_LOG_BASE: join(directory, "log"),
    RABBITMQ_PID_FILE: join(directory, "pid"),
    RABBITMQ_GENERATED_CONFIG_DIR: join(directory, "generated"),
    RABBITMQ_CONFIG_FILE: join(directory, "rabbitmq.conf"),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(directory, "advanced.config"),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, "plugins"),
    // That of the machine must not have a say.
    RABBITMQ_CONF_ENV_FILE: join(directory, "none"),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: loopback,
    RABBITMQ_CTL_ERL_ARGS: loopback,
  };
}
