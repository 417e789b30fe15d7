/** @module */

/** Files that load modules whose names are not known before they run; JSR can not look into that. */
const LOADERS: ReadonlySet<string> = new Set([
  "src/cli/service_module.ts", // gemstone start: the service of the user
  "src/runtime/dynamic_load.ts", // dynamicLoad()
  "src/runtime/process.ts", // in a worker thread: the service of the user
  "src/runtime/worker_module.ts", // in a worker thread: tsx, where there is one
]);

/** A line such as `   src/errors.ts (16.3KB)`. */
const FILE = /^\s*(?<path>\S+) \([\d.]+[KM]?B\)$/;
/** `error[some-code]: …`, and the place on one of the next lines. */
const DIAGNOSTIC = /^(?<message>(?:error|warning)(?:\[(?<code>[\w-]+)\])?: .*)$/;
const PLACE = /^\s*--> (?<path>[^:\s]+)/;

/**
 * Reads what `deno publish --dry-run` says.
 *
 * @param output Its output, with paths relative to the package.
 * @param expected The files that are to be published.
 * @returns What is wrong, a line each: diagnostics, and files too few or too many.
 */
export function judgeDryRun(output: string, expected: readonly string[]): string[] {
  const lines = output.split("\n");
  const published = lines.flatMap((line) => FILE.exec(line)?.groups?.path ?? []);
  const [has, wanted] = [new Set(published), new Set(expected)];
  const mistakes = lines.flatMap((line, index) => {
    const { message, code } = DIAGNOSTIC.exec(line)?.groups ?? {};
    if (message === undefined) return [];
    const { path = "" } = PLACE.exec(lines[index + 1] ?? "")?.groups ?? {};
    if (code === "unanalyzable-dynamic-import" && LOADERS.has(path)) return [];
    return [path === "" ? message : `${path}: ${message}`];
  });
  // After an error Deno lists no file at all.
  if (mistakes.length > 0 && published.length === 0) return mistakes;
  return [
    ...mistakes,
    ...expected.filter((path) => !has.has(path)).map((path) => `${path} would not be published`),
    ...published.filter((path) => !wanted.has(path)).map((path) => `${path} would be published`),
  ];
}
