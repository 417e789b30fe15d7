/**
 * Reads the settings in an INI file.
 *
 * @module
 */
import type { FoundValue } from "./base_configurator.ts";
import { fileError, type FileName, readConfigFile } from "./config_file.ts";
import type { ConfigurationContext } from "./configurator.ts";
import { type IniSections, parseIni } from "./ini.ts";
import { valuesByName } from "./values_by_name.ts";

/**
 * Reads the settings in an INI file: those before the first section, then those of one section, which win.
 *
 * @param fileName The path from the working directory, or a `file:` URL.
 * @param section The section, which must be there; `undefined` for that of the service, which need not.
 * @param context What to configure.
 * @returns The values by the names of the settings.
 * @throws {ConfigurationValueError} when the file can not be read, is not INI or does not have the section.
 */
export async function readIniFile(
  fileName: FileName,
  section: string | undefined,
  context: ConfigurationContext,
): Promise<Map<string, FoundValue>> {
  const text = await readConfigFile(fileName);
  let sections: IniSections;
  try {
    sections = parseIni(text);
  } catch (error) {
    throw fileError(fileName, (error as SyntaxError).message, error);
  }
  if (section !== undefined && !sections.has(section)) {
    throw fileError(fileName, `it has no section ${JSON.stringify(section)}`);
  }
  const common = sections.get("") ?? [];
  const own = sections.get(section ?? context.serviceName) ?? [];
  const source = `file ${JSON.stringify(fileName)}`;
  return new Map([
    ...valuesByName(context.configurables, common, source),
    ...valuesByName(context.configurables, own, source),
  ]);
}
