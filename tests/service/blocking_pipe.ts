/** A pipe on which threads wait in code of the operating system, where nothing can end them. */
import { execFileSync } from "node:child_process";
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { counted, createCounter, TASKS, type TestExecutor } from "./blocking_fixture.ts";

/** More than any test has threads. */
const MANY = 100;

/** A pipe that ends with the test. */
export class Pipe implements AsyncDisposable {
  /** The name of its file. */
  readonly path: string;
  readonly #folder: string;
  readonly #writer: FileHandle;

  private constructor(folder: string, path: string, writer: FileHandle) {
    this.path = path;
    this.#folder = folder;
    this.#writer = writer;
  }

  static async create(): Promise<Pipe> {
    const folder = await mkdtemp(join(tmpdir(), "gemstone-pipe-"));
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    // Open on both sides, so that nobody waits for the other to open it.
    return new Pipe(folder, path, await open(path, "r+"));
  }

  /** Starts a call that waits at the pipe, and ends it there. */
  async abandonRead(executor: TestExecutor): Promise<void> {
    const begun = createCounter();
    const abort = new AbortController();
    const reading = executor.run(TASKS, "readByte", [begun, this.path], { signal: abort.signal });
    await counted(begun, 1);
    abort.abort();
    await reading.catch(() => {});
  }

  /** Lets threads go. */
  async letGo(count: number): Promise<void> {
    await this.#writer.write("x".repeat(count));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.letGo(MANY);
    await this.#writer.close();
    await rm(this.#folder, { recursive: true });
  }
}
