/**
 * Finds the settings among the entries of a file or an object.
 *
 * @module
 */
import { ConfigurationValueError } from "../errors.ts";
import type { FoundValue } from "./base_configurator.ts";
import type { Configurable } from "./configurable.ts";

/**
 * Picks the entries that are settings, whichever way they are spelled. All others are left alone, because one
 * file may serve several services.
 *
 * @param configurables The settings.
 * @param entries The entries; of one key the last counts, and `undefined` is no value.
 * @param source Where they come from.
 * @returns The values by the names of the settings.
 * @throws {ConfigurationValueError} when a setting is there in two spellings.
 */
export function valuesByName(
  configurables: readonly Configurable[],
  entries: Iterable<readonly [key: string, value: unknown]>,
  source: string,
): Map<string, FoundValue> {
  const table = new Map(entries);
  const found = new Map<string, FoundValue>();
  for (const { name, spellings } of configurables) {
    const present = spellings.filter((spelling) => table.get(spelling) !== undefined);
    if (present.length > 1) {
      const keys = present.map((key) => `"${key}"`).join(" and ");
      throw new ConfigurationValueError(`Cannot configure "${name}" from ${source}: it has both ${keys}`);
    }
    if (present[0] !== undefined) found.set(name, { value: table.get(present[0]), source });
  }
  return found;
}
