/**
 * Templates of a directory, in the language Liquid. The engine is loaded when the first one is rendered.
 *
 * @module
 */
import type { Liquid } from "liquidjs";
import { TemplateFiles } from "./template_files.ts";
import type { TemplateRenderer } from "./web_context.ts";

/** How templates are read. */
export interface TemplateOptions {
  /** Reads each template anew whenever it is used, for development. @default {false: once} */
  readonly reloadTemplates?: boolean | undefined;
}

/** How long rendering may take, in milliseconds: a loop without end must not stop the service. */
const MAX_RENDER_MS = 5_000;
/** The most characters of a template, or of the texts and lists that rendering one makes. */
const MAX_CHARACTERS = 50_000_000;

/** Where an error of the engine happened. */
interface TemplateToken {
  readonly input: string;
  readonly file?: string;
}

/** Renders the templates of one directory. */
export class TemplateFolder implements TemplateRenderer {
  readonly #root: string;
  readonly #isReloading: boolean;
  readonly #files: TemplateFiles = new TemplateFiles();
  #loading: Promise<Liquid> | undefined;

  /**
   * @param root The directory, without symbolic links in its path.
   * @param options How to read templates.
   */
  constructor(root: string, { reloadTemplates = false }: TemplateOptions = {}) {
    this.#root = root;
    this.#isReloading = reloadTemplates;
  }

  /**
   * Renders a template.
   *
   * @param name The path of its file, relative to the directory, with `/`.
   * @param values What its variables stand for. Members of prototypes are not seen.
   * @returns The text; what `{{ … }}` printed is escaped for HTML.
   * @throws {Error} when the template is missing or outside of the directory, has an error, uses a variable that
   * is not there, or takes too long: the text names file and line.
   */
  async render(name: string, values: Readonly<Record<string, unknown>>): Promise<string> {
    if (typeof name !== "string" || name === "" || name.includes("\0")) {
      throw new TypeError(`Cannot render ${JSON.stringify(name)}: give the name of a file in templateDir`);
    }
    this.#loading ??= this.#load();
    const engine = await this.#loading;
    try {
      return String(await engine.renderFile(name, { ...values }));
    } catch (cause) {
      throw new Error(`Cannot render template "${name}": ${this.#explain(cause)}`, { cause });
    }
  }

  /** Of a missing variable the engine tells the line, but not in which of the files that make a page. */
  #explain(error: unknown): string {
    const { message, token } = error as { readonly message?: string; readonly token?: TemplateToken };
    const text = message ?? String(error);
    const file = token === undefined || token.file !== undefined ? undefined : this.#files.find(token.input);
    return file === undefined ? text : text.replace(/, line:\d+, col:\d+$/, `, file:${file}$&`);
  }

  async #load(): Promise<Liquid> {
    const { Liquid } = await import("liquidjs");
    const engine = new Liquid({
      root: this.#root,
      fs: this.#files,
      cache: !this.#isReloading,
      outputEscape: "escape",
      // A name means the same wherever it stands; nothing leads out of the directory either way.
      relativeReference: false,
      // Mistakes are told, not printed as nothing. In conditions, and with `default`, a variable may be missing.
      strictFilters: true,
      strictVariables: true,
      lenientIf: true,
      ownPropertyOnly: true,
      renderLimit: MAX_RENDER_MS,
      parseLimit: MAX_CHARACTERS,
      memoryLimit: MAX_CHARACTERS,
    });
    // The word of the original's templates for the same thing.
    const { layout } = engine.tags;
    if (layout !== undefined) engine.registerTag("extends", layout);
    return engine;
  }
}
