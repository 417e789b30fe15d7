/**
 * Settings from a JSON file.
 *
 * @module
 */
import { BaseConfigurator, type FoundValue } from "./base_configurator.ts";
import type { CommandLineUse, ConfigurationContext } from "./configurator.ts";

/**
 * The options of {@linkcode JsonFileConfigurator}: one of the two.
 *
 * @example A file with the defaults that must be there, and one that the command line may name
 * ```ts
 * import { JsonFileConfigurator, type JsonFileConfiguratorOptions } from "@gemstone/gemstone/config";
 *
 * const common: JsonFileConfiguratorOptions = { fileName: new URL("defaults.json", import.meta.url) };
 * const local: JsonFileConfiguratorOptions = { fromCommandLine: "config" };
 * const configurators = [new JsonFileConfigurator(common), new JsonFileConfigurator(local)];
 * ```
 */
export interface JsonFileConfiguratorOptions {
  /**
   * The path of the file from the working directory, or a `file:` URL: `new URL("settings.json", import.meta.url)`
   * is beside the source, wherever the service is started.
   */
  readonly fileName?: string | URL;
  /**
   * The option that names the file: `"config"` for `--config FILE`. `true` takes the argument that belongs to no
   * option (`service.ts settings.json`). When the command line has neither there are no values from a file.
   */
  readonly fromCommandLine?: string | true;
}

/** The key of the positional argument; no option or setting can have this name. */
const POSITIONAL = "file-name";
const OPTION_NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/**
 * Takes the settings from the object in a JSON file (RFC 8259) of at most 1 MiB in UTF-8. A key is a name in any
 * spelling that {@linkcode Configurable} accepts; other keys are ignored, so one file may serve several services.
 * Numbers, booleans and arrays keep their type, and `type` refuses those that do not fit.
 *
 * @example The file is named by the option `--config`, and other options win over it
 * ```ts
 * import { CommandLineConfigurator, JsonFileConfigurator } from "@gemstone/gemstone/config";
 *
 * const configurators = [
 *   new JsonFileConfigurator({ fromCommandLine: "config" }),
 *   new CommandLineConfigurator(),
 * ];
 * ```
 */
export class JsonFileConfigurator extends BaseConfigurator {
  /** Where the values come from; each value names its file. */
  readonly source = "a JSON file";
  /** Text in a JSON file is a value already. */
  readonly typed = true;
  readonly #fileName: string | URL | undefined;
  readonly #fromCommandLine: string | true | undefined;

  /**
   * Creates the configurator; it reads nothing yet.
   *
   * @param options The file, or how the command line names it.
   * @throws {TypeError} when both or none are given, or the name of the option is not like `config-file`.
   */
  constructor(options: JsonFileConfiguratorOptions) {
    super();
    const { fileName, fromCommandLine } = options;
    if ((fileName === undefined) === (fromCommandLine === undefined)) {
      throw new TypeError("Cannot create a JsonFileConfigurator: give either fileName or fromCommandLine");
    }
    if (typeof fromCommandLine === "string" && !OPTION_NAME.test(fromCommandLine)) {
      throw new TypeError(
        `Cannot create a JsonFileConfigurator: fromCommandLine ${
          JSON.stringify(fromCommandLine)
        } is no name ` +
          "of an option, it must be lower-case words with - between them",
      );
    }
    this.#fileName = fileName;
    this.#fromCommandLine = fromCommandLine;
  }

  /**
   * Asks for the option or argument that names the file.
   *
   * @returns The option; `undefined` when the file is fixed.
   */
  commandLine(): CommandLineUse | undefined {
    const given = this.#fromCommandLine;
    if (given === undefined) return undefined;
    const description = "JSON file to take settings from";
    if (given === true) {
      return { options: [{ name: POSITIONAL, spellings: [], kind: "positional", description }] };
    }
    return { options: [{ name: optionKey(given), spellings: [given], kind: "value", description }] };
  }

  /** Reads the file. */
  protected override async read(context: ConfigurationContext): Promise<Map<string, FoundValue>> {
    const fileName = this.#fileName ?? context.commandLine.get(this.#commandLineKey());
    if (fileName === undefined) return new Map();
    const { readJsonFile } = await import("./json_file.ts");
    return await readJsonFile(fileName, context.configurables);
  }

  #commandLineKey(): string {
    return typeof this.#fromCommandLine === "string" ? optionKey(this.#fromCommandLine) : POSITIONAL;
  }
}

/** The `--` keeps the key apart from the names of settings. */
function optionKey(name: string): string {
  return `--${name}`;
}
