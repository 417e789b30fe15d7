import { assertMatch, assertStringIncludes } from "@std/assert";

const DENIED: [way: string, method: string][] = [
  ["wrong token", "say_private_hello"],
  ["no token", "say_private_hello"],
  ["no session", "who_am_i"],
];

/** Compares what was printed. */
export function check(example: { output(): string }): void {
  const printed = example.output();

  for (const way of ["header", "bearer", "cookie"]) {
    assertStringIncludes(printed, `${way}: this is secret: hello world\n`);
  }
  for (const [way, method] of DENIED) {
    assertMatch(
      printed,
      new RegExp(`${way}: Cannot call "${method}" at http://.*/api: Access denied \\(-32001\\)\n`),
    );
  }
  assertStringIncludes(printed, "public method: hello world\n");
  assertStringIncludes(printed, "session of Ann: Ann, an admin\n");
  assertStringIncludes(printed, "session of Bob: Bob\n");
}
