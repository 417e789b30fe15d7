/**
 * Checks a response against the expectation of a case.
 *
 * @module
 */
import type { Expectation, HeaderMatcher } from "./case.ts";
import type { CaseResponse } from "./exchange.ts";
import { isObject, matches, matchesResponse, matchesUnordered } from "./matching.ts";

/** The members of an expectation that need the body to be JSON. */
const JSON_MEMBERS = [
  "json",
  "json_unordered",
  "json_subset",
  "result_unordered",
  "error_code",
  "error_code_any",
  "id",
] as const;

const LONGEST_EXCERPT = 300;

/**
 * Checks a response.
 *
 * @param expected What the case says.
 * @param response What came back.
 * @returns What is wrong with it, one text a fault.
 */
export function checkResponse(expected: Expectation, response: CaseResponse): readonly string[] {
  return [
    ...checkStatus(expected, response),
    ...checkHeaders(expected, response),
    ...checkText(expected, response),
    ...(JSON_MEMBERS.some((name) => name in expected) ? checkJson(expected, response) : []),
  ];
}

function checkStatus({ status, status_any }: Expectation, response: CaseResponse): readonly string[] {
  const accepted = status_any ?? (status === undefined ? undefined : [status]);
  if (accepted === undefined || accepted.includes(response.status)) return [];
  return [`status ${response.status}, expected ${accepted.join(" or ")}`];
}

function checkHeaders({ headers = {} }: Expectation, response: CaseResponse): readonly string[] {
  return Object.entries(headers).flatMap(([name, expected]) => {
    const actual = [response.headers[name.toLowerCase()] ?? []].flat().join(", ");
    if (matchesHeader(expected, actual)) return [];
    return [`header ${name} ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`];
  });
}

function matchesHeader(expected: HeaderMatcher, actual: string): boolean {
  if (typeof expected === "string") return actual === expected;
  return "$prefix" in expected ? actual.startsWith(expected.$prefix) : actual.includes(expected.$includes);
}

function checkText(expected: Expectation, { text, ms }: CaseResponse): readonly string[] {
  const { empty, body_text, body_excludes, max_ms } = expected;
  const faults: string[] = [];
  if (empty && text !== "") faults.push(`body ${excerpt(text)}, expected none`);
  if (body_text !== undefined && text !== body_text) faults.push(`body ${excerpt(text)}`);
  if (body_excludes !== undefined && text.includes(body_excludes)) faults.push(`body has "${body_excludes}"`);
  if (max_ms !== undefined && ms > max_ms) {
    faults.push(`took ${Math.round(ms)} ms, expected at most ${max_ms}`);
  }
  return faults;
}

function checkJson(expected: Expectation, { text }: CaseResponse): readonly string[] {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // The text itself says more than the parser.
    return [`body ${excerpt(text)} is not JSON`];
  }
  return isExpectedJson(expected, body) ? [] : [`body ${excerpt(text)}`];
}

function isExpectedJson(expected: Expectation, body: unknown): boolean {
  const { json, json_unordered, json_subset, result_unordered, error_code, error_code_any } = expected;
  const options = { freeData: expected.no_error_data !== true };
  const { id, result, error }: Readonly<Record<string, unknown>> = isObject(body) ? body : {};
  const codes = error_code_any ?? (error_code === undefined ? undefined : [error_code]);
  return (json === undefined || matchesResponse(json, body, options)) &&
    (json_unordered === undefined || matchesUnordered(json_unordered, body, options)) &&
    (json_subset === undefined || matches(json_subset, body, { subset: true })) &&
    (result_unordered === undefined || matchesUnordered(result_unordered, result, options)) &&
    (codes === undefined || (isObject(error) && codes.some((code) => code === error.code) &&
      isObject(body) && !("result" in body))) &&
    (expected.id === undefined || matches(expected.id, id));
}

function excerpt(text: string): string {
  return JSON.stringify(text.slice(0, LONGEST_EXCERPT));
}
