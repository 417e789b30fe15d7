/**
 * Reads the settings in a JSON file.
 *
 * @module
 */
import type { FoundValue } from "./base_configurator.ts";
import { fileError, type FileName, readConfigFile } from "./config_file.ts";
import type { Configurable } from "./configurable.ts";
import { valuesByName } from "./values_by_name.ts";

/**
 * Reads the settings in a JSON file.
 *
 * @param fileName The path from the working directory, or a `file:` URL.
 * @param configurables The settings.
 * @returns The values by the names of the settings.
 * @throws {ConfigurationValueError} when the file can not be read or does not hold a JSON object.
 */
export async function readJsonFile(
  fileName: FileName,
  configurables: readonly Configurable[],
): Promise<Map<string, FoundValue>> {
  const text = await readConfigFile(fileName);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw fileError(fileName, `it is not JSON: ${(error as SyntaxError).message}`, error);
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw fileError(fileName, "it must hold a JSON object");
  }
  return valuesByName(configurables, Object.entries(content), `file ${JSON.stringify(fileName)}`);
}
