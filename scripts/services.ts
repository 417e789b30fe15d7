/**
 * Finds RabbitMQ and Redis for tests, or starts them: `deno task services` says where they are, and keeps what it
 * has started until it is stopped; `deno task test` does the same for the time of its run.
 *
 * The first of these that works is taken: the URL in `AMQP_URL` or `REDIS_URL`; the server on the default port of
 * this machine; the installed Debian package; with `--install`, or `CI=true`, and as root, the package installed
 * by apt-get; docker.
 *
 * @module
 */
import process from "node:process";
import { startContainer } from "./services/container.ts";
import { installPackage } from "./services/package.ts";
import { SERVER_KINDS, type ServerKind, type StartedServer } from "./services/server_kind.ts";
import { say } from "./tasks/say.ts";

/** A server that has been started must answer within this time, in milliseconds. */
const READY_LIMIT_MS = 60_000;

/** The servers, until they are disposed of. */
export interface Services extends AsyncDisposable {
  /** The URLs by the variables that tests read them from; nothing for a server that can not be had. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether something was started for us. */
  readonly hasStarted: boolean;
}

/**
 * Finds or starts the servers, and says on standard error where they are, loudly when one can not be had.
 *
 * @param options `install`: install packages also outside of CI.
 * @returns The URLs; what was started ends when this is disposed of, and with this process at the latest.
 */
export async function provideServices({ install = false } = {}): Promise<Services> {
  const env: Record<string, string> = {};
  const started: StartedServer[] = [];
  for (const kind of SERVER_KINDS) {
    const given = process.env[kind.variable];
    if (given) {
      env[kind.variable] = given;
      say(`services: ${kind.name} is the one in ${kind.variable}`);
    } else if (await kind.answers(kind.defaultPort)) {
      env[kind.variable] = kind.toUrl(kind.defaultPort);
      say(`services: ${kind.name} is the one on port ${kind.defaultPort} of this machine`);
    } else {
      const server = await startServer(kind, install);
      if (server === undefined) continue;
      started.push(server);
      env[kind.variable] = kind.toUrl(server.port);
      say(`services: ${kind.name} was started on port ${server.port}`);
    }
  }
  return {
    env,
    hasStarted: started.length > 0,
    async [Symbol.asyncDispose](): Promise<void> {
      for (const server of started) await server[Symbol.asyncDispose]();
    },
  };
}

async function startServer(kind: ServerKind, install: boolean): Promise<StartedServer | undefined> {
  try {
    if (kind.isInstalled() || await installPackage(kind.package, install)) return await kind.start();
    const server = await startContainer(kind.image, kind.defaultPort);
    if (server !== undefined) {
      if (await isReady(kind, server.port)) return server;
      await server[Symbol.asyncDispose]();
    }
    warn(kind, `there is none on port ${kind.defaultPort}, no package ${kind.package}, and no docker`);
  } catch (error) {
    warn(kind, `it can not be started: ${error instanceof Error ? error.message : error}`);
  }
  return undefined;
}

async function isReady(kind: ServerKind, port: number): Promise<boolean> {
  const started = performance.now();
  while (performance.now() - started < READY_LIMIT_MS) {
    if (await kind.answers(port)) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}

function warn({ name, variable, package: packageName }: ServerKind, reason: string): void {
  say(`
********************************************************************************
WITHOUT ${name.toUpperCase()}: ${reason}
The tests that need ${name} are SKIPPED. To run them set ${variable}, or install
${packageName} (as root: deno task services --install does).
********************************************************************************
`);
}

if (import.meta.main) {
  await using services = await provideServices({ install: process.argv.includes("--install") });
  for (const [name, value] of Object.entries(services.env)) console.log(`${name}=${value}`);
  if (services.hasStarted) {
    say("services: until Ctrl-C");
    await new Promise<void>((resolve) => {
      process.once("SIGINT", () => resolve());
      process.once("SIGTERM", () => resolve());
    });
  }
}
