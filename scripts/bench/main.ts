/**
 * Measures this library side by side with a server written by hand and with its peers.
 *
 * ```sh
 * deno task bench                                   # everything
 * deno task bench http --runtime deno --rounds 21   # one section, one runtime
 * deno task bench http --quick                      # less certain, under a minute
 * deno task bench:events                            # the same as bench events; needs RabbitMQ
 * deno task bench --json                            # for machines
 * ```
 *
 * The task is `deno run -A --no-lock scripts/bench/main.ts`. On Node the library is the package in npm/, so
 * `deno task build:npm` comes first; the peers are installed beside it on first use.
 *
 * @module
 */
import { measureBatch } from "./batch_section.ts";
import { measureBlocking } from "./blocking_section.ts";
import { measureClient } from "./client_section.ts";
import { measureDispatch } from "./dispatch_section.ts";
import { measureEvents } from "./events_section.ts";
import { measureHttp } from "./http_section.ts";
import { measureMemory } from "./memory_section.ts";
import { type BenchOptions, parseOptions, type SectionName } from "./options.ts";
import type { RuntimeName } from "./programs.ts";
import { formatSection, messageOf, type Section } from "./report.ts";
import { measureStartup } from "./startup_section.ts";

const MEASURES: Record<SectionName, (runtime: RuntimeName, options: BenchOptions) => Promise<Section>> = {
  http: measureHttp,
  client: measureClient,
  dispatch: measureDispatch,
  events: measureEvents,
  batch: measureBatch,
  blocking: measureBlocking,
  memory: measureMemory,
  startup: measureStartup,
};

async function main(): Promise<void> {
  const options = readOptions();
  const sections: Section[] = [];
  for (const name of options.sections) {
    for (const runtime of options.runtimes) {
      const section = await measure(name, runtime, options);
      sections.push(section);
      if (!options.json) print(formatSection(section));
    }
  }
  if (options.json) print(JSON.stringify(sections, null, 2));
  if (sections.some(({ faults }) => faults.length > 0)) Deno.exitCode = 1;
}

function readOptions(): BenchOptions {
  try {
    return parseOptions(Deno.args);
  } catch (error) {
    print(messageOf(error));
    Deno.exit(2);
  }
}

async function measure(name: SectionName, runtime: RuntimeName, options: BenchOptions): Promise<Section> {
  try {
    return await MEASURES[name](runtime, options);
  } catch (error) {
    // One server that misbehaves leaves the other sections to be measured.
    return { title: `${name} on ${runtime}`, rows: [], targets: [], faults: [messageOf(error)] };
  }
}

function print(text: string): void {
  // deno-lint-ignore no-console -- the report is what this program is for
  console.log(text);
}

await main();
