/**
 * Keeps passwords out of error texts.
 *
 * @module
 */

/** Between the user and the host of a URL, up to the last `@`: a password may hold one. The counts keep the time for a long text in proportion to its length. */
const PASSWORD = /([A-Za-z][A-Za-z0-9+.-]{0,30}:\/\/[^\s:@/?#"]{0,300}):[^\s"]{0,1000}@/g;

/**
 * Takes the passwords of URLs out of a text.
 *
 * @param text Any text.
 * @returns It, with `***` in their places.
 */
export function hidePasswords(text: string): string {
  return text.replace(PASSWORD, "$1:***@");
}
