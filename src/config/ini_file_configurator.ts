/**
 * Settings from an INI file.
 *
 * @module
 */
import { BaseConfigurator, type FoundValue } from "./base_configurator.ts";
import type { ConfigurationContext } from "./configurator.ts";

/**
 * The options of {@linkcode IniFileConfigurator}.
 *
 * @example The same section for several services
 * ```ts
 * import { IniFileConfigurator, type IniFileConfiguratorOptions } from "@gemstone/gemstone/config";
 *
 * const options: IniFileConfiguratorOptions = {
 *   fileName: new URL("services.ini", import.meta.url),
 *   section: "production",
 * };
 * const configurators = [new IniFileConfigurator(options)];
 * ```
 */
export interface IniFileConfiguratorOptions {
  /**
   * The path of the file from the working directory, or a `file:` URL: `new URL("services.ini", import.meta.url)`
   * is beside the source, wherever the service is started.
   */
  readonly fileName: string | URL;
  /**
   * The section to take settings from, besides those before the first section. It must be in the file.
   * @default the section with the name of the service, if there is one
   */
  readonly section?: string;
}

/**
 * Takes the settings from an INI file of at most 1 MiB in UTF-8: those before the first section, which may serve
 * several services, then those in the section of the service, which win. All values are text.
 *
 * A line is `key = value`, `[section]`, or a comment that begins with `;` or `#`. A value in double quotes is a
 * JSON string, one in single quotes is taken as it stands, any other is the rest of the line. A comment behind a
 * value is part of the value. A key is a name in any spelling that {@linkcode Configurable} accepts; other keys
 * are ignored.
 *
 * @example
 * ```ts
 * import { IniFileConfigurator } from "@gemstone/gemstone/config";
 *
 * // host = 0.0.0.0
 * //
 * // [hello_world]
 * // port = 9000
 * const configurators = [new IniFileConfigurator({ fileName: "services.ini" })];
 * ```
 */
export class IniFileConfigurator extends BaseConfigurator {
  /** Where the values come from; each value names its file. */
  readonly source = "an INI file";
  readonly #fileName: string | URL;
  readonly #section: string | undefined;

  /**
   * Creates the configurator; it reads nothing yet.
   *
   * @param options The file and its section.
   * @throws {TypeError} when `fileName` is missing or `section` is empty.
   */
  constructor(options: IniFileConfiguratorOptions) {
    super();
    if (typeof options.fileName !== "string" && !(options.fileName instanceof URL)) {
      throw new TypeError("Cannot create an IniFileConfigurator: give fileName");
    }
    if (options.section === "") {
      throw new TypeError('Cannot create an IniFileConfigurator: section "" has no name, leave it out');
    }
    this.#fileName = options.fileName;
    this.#section = options.section;
  }

  /** Reads the file. */
  protected override async read(context: ConfigurationContext): Promise<Map<string, FoundValue>> {
    const { readIniFile } = await import("./ini_file.ts");
    return await readIniFile(this.#fileName, this.#section, context);
  }
}
