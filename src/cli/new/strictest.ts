/** @module */

/** The options with which a new project is compiled, on either runtime: the compiler at its strictest. */
export const STRICTEST = {
  exactOptionalPropertyTypes: true,
  noFallthroughCasesInSwitch: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  strict: true,
} as const;
