/**
 * A conformance case as it stands in the JSON files. The first element of `cases.json` explains the members.
 *
 * @module
 */
import { readFile } from "node:fs/promises";

/** What is sent. */
export interface CaseRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly body_base64?: string;
}

/** What must come back; each member that is there is checked. */
export interface Expectation {
  readonly status?: number;
  readonly status_any?: readonly number[];
  readonly headers?: Readonly<Record<string, HeaderMatcher>>;
  readonly json?: unknown;
  readonly json_unordered?: readonly unknown[];
  readonly json_subset?: unknown;
  readonly result_unordered?: readonly unknown[];
  readonly error_code?: number;
  readonly error_code_any?: readonly number[];
  /** The error in `json` must not have a `data` that is not named there. */
  readonly no_error_data?: boolean;
  readonly id?: unknown;
  readonly empty?: boolean;
  readonly body_text?: string;
  readonly body_excludes?: string;
  readonly max_ms?: number;
}

/** A whole value, the start of one or a part of one. */
export type HeaderMatcher = string | { readonly $prefix: string } | { readonly $includes: string };

/** One exchange. */
export interface CaseStep {
  readonly request: CaseRequest;
  readonly expect: Expectation;
  /** A pause behind the step, for what a service does after it has answered. */
  readonly wait_ms?: number;
}

/** One case: one exchange, or several in order. */
export type ConformanceCase = CaseHead & (CaseStep | { readonly steps: readonly CaseStep[] });

interface CaseHead {
  readonly id: string;
  /** The feature, by its number in the list of features. */
  readonly feature: string;
  /** The service of the fixture. @default {"main"} */
  readonly service?: string;
  /** Beyond what every implementation must do. */
  readonly optional?: boolean;
  readonly note?: string;
}

/**
 * Reads a file of cases.
 *
 * @param file Its address.
 * @returns Its cases, without the description of the fixture that may stand in front of them.
 */
export async function readCases(file: URL): Promise<readonly ConformanceCase[]> {
  const elements = JSON.parse(await readFile(file, "utf8")) as readonly ConformanceCase[];
  return elements.filter(({ id }) => id !== "fixture");
}
