/**
 * How a server of the benchmark tells its port: the first line that it prints.
 *
 * @module
 */

/** Prints the port that the server listens on. */
export function announcePort({ port }: { readonly port: number }): void {
  // deno-lint-ignore no-console -- the start-up comparison can not afford node:process
  console.log(port);
}
