/**
 * The program `gemstone`: calls services, finds them, measures and starts them, and works with their events,
 * from a terminal or a script. The function {@linkcode runCommand} is the same for programs and tests.
 *
 * On Node it comes with the package: `npx gemstone`. On Deno it is the module `deno run --allow-net
 * --allow-env jsr:@gemstone/gemstone/cli`; `start` and `new` need `--allow-read` and `--allow-write` or `-A`,
 * too. `gemstone COMMAND --help` tells all options of a command.
 *
 * ```sh
 * gemstone call_raw http://127.0.0.1:8000/api say_hello name=world
 * "hello world"
 * ```
 *
 * ## Calls
 *
 * | Command                          | What it does                                                      |
 * | -------------------------------- | ----------------------------------------------------------------- |
 * | `call_raw URL METHOD [PARAM]...` | calls a method of the service at a URL, prints the result as JSON |
 * | `call NAME METHOD [PARAM]...`    | the same by a name, or a pattern of names, that a registry knows  |
 * | `ping URL\|NAME`                 | measures how fast a service answers; `--count`, `--interval MS`   |
 * | `bench URL METHOD [PARAM]...`    | puts load on a method: `--requests`, `--concurrency`, `--rate`    |
 *
 * A PARAM is `name=text`, or `name:=json` for any other value; `=text` and `:=json` are passed by
 * position. A lone `-` takes all of them from standard input, as a JSON object or array.
 *
 * ```sh
 * gemstone call 'images.*' resize width:=640 name=cat.png
 * echo '{"name":"world"}' | gemstone call_raw http://127.0.0.1:8000/api say_hello -
 * ```
 *
 * Options of all four: `--auth TOKEN` (header `X-Api-Token`), `-H NAME:VALUE`, `--cookie NAME=VALUE`, `-t MS`
 * (how long to wait, 30000 by default). `call` and `call_raw` have `-n` for a notification, which has no
 * result, and `-v` for times. They go to the service, never to the registry. `call` tries the next instance
 * when one surely has not run the call.
 *
 * ## Services
 *
 * | Command                      | What it does                                                                 |
 * | ---------------------------- | ---------------------------------------------------------------------------- |
 * | `start MODULE [ARGUMENT]...` | starts the service that a module exports; the ARGUMENTs are its command line |
 * | `registry`                   | runs a registry on port 8080; `--redis URL` keeps its services in Redis      |
 * | `list [PATTERN]`             | lists the services that a registry knows                                     |
 * | `new NAME`                   | writes the project of a new service: `--deno` or `--node`, `--api-only` …    |
 *
 * ```sh
 * gemstone registry &
 * gemstone start ./service.ts --port 8001
 * gemstone list 'images.*'
 * ```
 *
 * What `new` writes runs and tests itself: a service with methods, tests, and, unless it is `--api-only`, a page
 * with a handler, a template and static files. It is for the runtime that runs `gemstone`, unless `--deno` or
 * `--node` says which; `--events` adds a handler for an event.
 *
 * Registries are those of `--registry URL`, which may be repeated, else of the variable `GEMSTONE_REGISTRY`,
 * else `http://127.0.0.1:8080/api`. They are asked in order, each for 5 s at most.
 *
 * ## Events
 *
 * | Command                     | What it does                                                                   |
 * | --------------------------- | ------------------------------------------------------------------------------ |
 * | `events emit NAME [JSON]`   | emits an event, waits until the broker has it; `--group`: one instance of each |
 * | `events tail [NAME]`        | prints events as they are emitted, and takes none away; `--limit N`            |
 * | `events dead list`          | lists what `--service NAME` could not handle                                   |
 * | `events dead show ID`       | tells all of one of these                                                      |
 * | `events dead redrive ID...` | delivers them once more; `--all`                                               |
 * | `events dead drop ID...`    | deletes them for good; `--all --yes`                                           |
 *
 * The broker is that of `--url`, else of the variable `AMQP_URL`, else `amqp://127.0.0.1:5672`; a `redis:`
 * URL is good, too. `--compat gemstone` uses the exchanges of the Python library.
 *
 * ## In scripts
 *
 * The result is on standard output, all else on standard error. An error is one line `gemstone: error: …`,
 * without stack and without the passwords of URLs.
 *
 * | Exit code | Meaning                                                                                |
 * | --------- | -------------------------------------------------------------------------------------- |
 * | 0         | done                                                                                   |
 * | 1         | the service answered with an error, the broker refused, or another failure             |
 * | 2         | wrong usage                                                                            |
 * | 3         | not reachable: nobody answered in time and as a service does                           |
 * | 4         | no such service, module or dead letter                                                 |
 * | 130       | Ctrl-C cut a call short; what goes on until then, as `tail` or `registry`, ends with 0 |
 *
 * With `--json` each result is one line of JSON: for `call` and `call_raw` the result itself; for `list` a
 * line `{"name","url","last_seen"}` for each instance, null where it is not known; for `ping`
 * `{"url","sent","answered","ms":{"min","avg","max"}}`; for `bench` `calls`, `failed`, `seconds`,
 * `calls_per_second`, `latency_ms` (`min`, `p50`, `p90`, `p99`, `max`) and `errors`; for `events emit` `id`,
 * `confirmed`, `routed`; for `events tail` and `events dead list` a line for each event; for `new` what was
 * written.
 *
 * ```sh
 * gemstone list --json 'images.*' | jq -r .url
 * gemstone call_raw "$URL" get_status --json > status.json || exit 1
 * ```
 *
 * ## Colours
 *
 * They are used on a terminal only, and neither with the variable `NO_COLOR` nor with `TERM=dumb`; `gemstone
 * --color always` (or `never`) decides otherwise. What a service answers is printed without the characters
 * that a terminal obeys.
 *
 * ## In a program
 *
 * {@linkcode runCommand} is the whole program: it takes the arguments, writes lines where it is told, and returns
 * the exit code.
 *
 * ```ts
 * import { runCommand } from "@gemstone/gemstone/cli";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * const errors: string[] = [];
 * const output = { out: () => {}, error: (line: string) => void errors.push(line) };
 * assertEquals(await runCommand(["lits"], output), 2);
 * assertStringIncludes(errors.join("\n"), 'did you mean "list"');
 * ```
 *
 * See also `@gemstone/gemstone/client` to call services in programs, `@gemstone/gemstone/registry` and
 * `@gemstone/gemstone/events`.
 *
 * @module
 */
export type { CommandOptions, CommandOutput, TerminalFacts } from "./command.ts";
import { exit, getArguments } from "../runtime/process.ts";
import { runCommand } from "./run_command.ts";

export { runCommand };

if (import.meta.main) {
  const { createTerminalOutput } = await import("./terminal_output.ts");
  const output = createTerminalOutput();
  const code = await runCommand(getArguments(), output, { terminal: output.facts });
  await output.flush();
  exit(code);
}
