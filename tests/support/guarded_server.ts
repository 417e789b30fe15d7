/** Servers that tests start, kill and start again. None outlives the process that made it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { isListening } from "./tcp_port.ts";
import { waitUntil } from "./wait_until.ts";

/** What a server is. */
export interface ServerPlan {
  /** Its files; the pid file is `pid` in there, written by the server itself. */
  readonly directory: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** A program that runs beside it all the time; empty for none. */
  readonly companion: readonly string[];
  /** Variables on top of our own. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it listens when it is ready. */
  readonly port: number;
}

/** A start that takes longer has failed. */
const START_LIMIT_MS = 60_000;
const END_LIMIT_MS = 30_000;

/**
 * The guard is a shell in a process group of its own: it starts the server when it is told to through a pipe in
 * the folder, and when its standard input ends, because its maker has ended, it kills all that it has started.
 */
const GUARD = `
directory=$1; companion=$2; shift 2
mkfifo "$directory/orders"
exec 3<&0 4<>"$directory/orders" </dev/null
{ cat <&3 >/dev/null; echo end >&4; } &
beside=
[ -z "$companion" ] || { $companion >/dev/null 2>&1 3<&- 4<&- & beside=$!; }
echo ready
while read -r order <&4; do
  [ "$order" = start ] || break
  # The last word keeps the shell from becoming the server: somebody must take note of its end.
  ( "$@" >>"$directory/output" 2>&1 3<&- 4<&-; : ) &
done
kill -KILL "$(cat "$directory/pid" 2>/dev/null)" $beside 2>/dev/null && wait
rm -rf "$directory"
kill -KILL 0
`;

/** Makes a folder for a server. */
export function makeServerDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), "gemstone-server-"));
}

/** One server with data of its own. */
export class GuardedServer {
  /** What it is. */
  readonly plan: ServerPlan;
  readonly #guard: ChildProcess | undefined;

  private constructor(plan: ServerPlan, guard: ChildProcess | undefined) {
    this.plan = plan;
    this.#guard = guard;
  }

  /** Prepares a server; it ends with this object, or with this process at the latest. */
  static async create(plan: ServerPlan): Promise<GuardedServer> {
    await writeFile(join(plan.directory, "plan.json"), JSON.stringify(plan));
    const args = ["-c", GUARD, "guard", plan.directory, plan.companion.join(" "), ...plan.command];
    const guard = spawn("sh", args, {
      detached: true,
      stdio: ["pipe", "pipe", "ignore"],
      env: { ...process.env, ...plan.env },
    });
    // The guard says one line, when it can take orders.
    await once(guard.stdout!, "data");
    guard.stdout!.destroy();
    return new GuardedServer(plan, guard);
  }

  /** Finds the server that another process has made; it does not end with this object. */
  static async attach(directory: string): Promise<GuardedServer> {
    return new GuardedServer(JSON.parse(await readFile(join(directory, "plan.json"), "utf8")), undefined);
  }

  /** Starts it, unless it runs, and waits until it listens. */
  async start(): Promise<void> {
    if (await this.isRunning()) return await this.#waitForPort();
    await rm(this.#path("pid"), { force: true });
    await appendFile(this.#path("orders"), "start\n");
    await waitUntil(
      "a server writes its pid file",
      async () => await this.pid() !== undefined,
      START_LIMIT_MS,
    )
      .catch((error: Error) => this.#fail(error));
    await this.#waitForPort();
  }

  /** Ends it with SIGKILL and waits until it is gone. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Asks it to end with SIGTERM and waits until it is gone. */
  async terminate(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** Stops it (SIGSTOP): connections stay open, nothing is answered. */
  async pause(): Promise<void> {
    process.kill(await this.#demandPid(), "SIGSTOP");
  }

  /** Lets it go on (SIGCONT). */
  async resume(): Promise<void> {
    process.kill(await this.#demandPid(), "SIGCONT");
  }

  /** The number of its process; `undefined` while it has none. */
  async pid(): Promise<number | undefined> {
    const text = await readFile(this.#path("pid"), "utf8").catch(() => "");
    return /^\d+\s*$/.test(text) ? Number(text) : undefined;
  }

  /** Whether its process is there. */
  async isRunning(): Promise<boolean> {
    const pid = await this.pid();
    return pid !== undefined && isAlive(pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#guard === undefined) return;
    const closed = once(this.#guard, "close");
    this.#guard.stdin!.end();
    await closed;
    // The guard has removed it, but a server may have written once more before it died.
    await rm(this.plan.directory, { recursive: true, force: true });
  }

  async #end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const pid = await this.#demandPid();
    process.kill(pid, signal);
    await waitUntil(`a server ends after ${signal}`, () => !isAlive(pid), END_LIMIT_MS);
  }

  async #waitForPort(): Promise<void> {
    const { port } = this.plan;
    await waitUntil(`a server listens on port ${port}`, () => isListening(port), START_LIMIT_MS)
      .catch((error: Error) => this.#fail(error));
  }

  async #fail(error: Error): Promise<never> {
    const output = await readFile(this.#path("output"), "utf8").catch(() => "no output");
    throw new Error(`${error.message}\n${output.slice(-2000)}`);
  }

  async #demandPid(): Promise<number> {
    const pid = await this.pid();
    if (pid === undefined) throw new Error("Cannot signal a server that does not run");
    return pid;
  }

  #path(name: string): string {
    return join(this.plan.directory, name);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // There is no such process.
    return false;
  }
}
