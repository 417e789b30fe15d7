/**
 * Texts of the user inside the files of a project: whatever they are, the file means the same.
 *
 * @module
 */

/**
 * Writes a text into a block comment.
 *
 * @param text One line.
 * @returns The line, which does not end the comment.
 */
export function toComment(text: string): string {
  return text.replaceAll("*/", "*\\/");
}

/**
 * Writes a text into a paragraph of Markdown, as it is meant to be read.
 *
 * @param text One line.
 * @returns The line; what Markdown would take for markup is escaped.
 */
export function toMarkdown(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ")
    // An underscore within a word, as in order_desk, is none.
    .replaceAll(/[\\`*[\]<>&~|$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\$&")
    .replace(/^(?:[#+=-]|\d+(?=[.)]))/, (start) => /\d/.test(start) ? `${start}\\` : `\\${start}`);
}

/**
 * Writes JSON as people do.
 *
 * @param value Anything that JSON can carry.
 * @returns The lines, with a line feed at their end.
 */
export function toJsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
