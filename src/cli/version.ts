/** @module */

/**
 * The version of the package. A constant, because no file can be read in all the places that this runs from (JSR,
 * npm, a bundle); a test compares it with deno.json.
 */
export const VERSION = "0.1.0";
