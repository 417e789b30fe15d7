/**
 * The files behind templates: those of one directory, and nothing outside of it.
 *
 * @module
 */
import { readFile, realpath, stat } from "node:fs/promises";
import { dirname, resolve, sep } from "node:path";

/** Finds and reads the files of a template engine. The members are those that the engine asks for. */
export class TemplateFiles {
  /** What parts the names of a path. */
  readonly sep: string = sep;
  readonly #texts: Map<string, string> = new Map();

  /** Says where a file would be. */
  resolve(folder: string, file: string): string {
    return resolve(folder, file);
  }

  /** Returns the folder of a file. */
  dirname(file: string): string {
    return dirname(file);
  }

  /** Says whether a file is in a folder, symbolic links followed. */
  async contains(root: string, file: string): Promise<boolean> {
    try {
      return (await realpath(file)).startsWith(root.endsWith(sep) ? root : root + sep);
    } catch {
      // What is not there is nowhere.
      return false;
    }
  }

  /** Says whether there is such a file. */
  async exists(file: string): Promise<boolean> {
    try {
      return (await stat(file)).isFile();
    } catch {
      // Whatever keeps us from looking keeps us from reading.
      return false;
    }
  }

  /** Reads a file. */
  async readFile(file: string): Promise<string> {
    const text = await readFile(file, "utf8");
    this.#texts.set(file, text);
    return text;
  }

  /**
   * Finds a file by its text, for errors that do not know where they happened.
   *
   * @param text The text, as it was read last.
   * @returns The path of the file; `undefined` when no file of this text has been read.
   */
  find(text: string): string | undefined {
    return [...this.#texts].find(([, own]) => own === text)?.[0];
  }

  /** Nothing waits for a file here. */
  existsSync(): boolean {
    return false;
  }

  /** Nothing waits for a file here. */
  readFileSync(file: string): string {
    throw new TypeError(`Cannot read "${file}" at once: templates are read asynchronously`);
  }
}
