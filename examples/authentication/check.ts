import { assertStringIncludes } from "@std/assert";

/** Compares what was printed. */
export function check(example: { output(): string }): void {
  const printed = example.output();

  for (const way of ["header", "bearer", "cookie"]) {
    assertStringIncludes(printed, `${way}: this is secret: hello world\n`);
  }
  for (const way of ["wrong token", "no token", "no session"]) {
    assertStringIncludes(printed, `${way}: Access denied (-32001)\n`);
  }
  assertStringIncludes(printed, "public method: hello world\n");
  assertStringIncludes(printed, "session of Ann: Ann, an admin\n");
  assertStringIncludes(printed, "session of Bob: Bob\n");
}
