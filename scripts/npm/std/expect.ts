/**
 * `@std/expect` for networks without JSR: `expect` from npm, which has the same matchers.
 *
 * @module
 */
export { expect } from "expect";
