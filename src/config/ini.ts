/**
 * Reads INI text.
 *
 * There is no standard for INI files. This is the dialect, which holds for each line after blanks around it are
 * dropped:
 *
 * - an empty line, and one that begins with `;` or `#`, says nothing;
 * - `[name]` begins a section, or continues it when it was there before;
 * - `key = value` is a setting of the section: the first `=` separates, blanks around both are dropped, and of a
 *   repeated key the last counts;
 * - a value in double quotes is a JSON string (RFC 8259), escapes included; one in single quotes is taken as it
 *   stands; any other is the rest of the line, with `;`, `#` and quotes inside it.
 *
 * There are no comments behind a value, no continued lines and no references to other keys.
 *
 * @module
 */

/** The settings of each section; `""` holds those before the first. */
export type IniSections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Reads INI text; the module says which dialect.
 *
 * @param text The text; lines end with LF or CR LF.
 * @returns The sections.
 * @throws {SyntaxError} when a line is nothing of the above; the message has its number.
 */
export function parseIni(text: string): IniSections {
  let section = new Map<string, string>();
  const sections = new Map([["", section]]);
  for (const [index, untrimmed] of text.split("\n").entries()) {
    const line = untrimmed.trim();
    if (line === "" || line.startsWith(";") || line.startsWith("#")) continue;
    if (line.startsWith("[")) {
      const name = readSectionName(line, index + 1);
      section = sections.get(name) ?? new Map();
      sections.set(name, section);
    } else {
      const [key, value] = readSetting(line, index + 1);
      section.set(key, value);
    }
  }
  return sections;
}

function readSectionName(line: string, lineNumber: number): string {
  const name = line.slice(1, -1).trim();
  if (!line.endsWith("]") || name === "") {
    throw new SyntaxError(`line ${lineNumber} must be [name] to begin a section`);
  }
  return name;
}

function readSetting(line: string, lineNumber: number): [key: string, value: string] {
  const equals = line.indexOf("=");
  if (equals < 1) throw new SyntaxError(`line ${lineNumber} must be key = value`);
  return [line.slice(0, equals).trimEnd(), readValue(line.slice(equals + 1).trimStart(), lineNumber)];
}

function readValue(value: string, lineNumber: number): string {
  const quote = value[0];
  if (quote !== '"' && quote !== "'") return value;
  try {
    if (quote === '"') return JSON.parse(value);
  } catch (error) {
    throw new SyntaxError(`line ${lineNumber} must hold one string in double quotes, as in JSON`, {
      cause: error,
    });
  }
  if (value.indexOf("'", 1) !== value.length - 1) {
    throw new SyntaxError(`line ${lineNumber} must hold one string in single quotes`);
  }
  return value.slice(1, -1);
}
