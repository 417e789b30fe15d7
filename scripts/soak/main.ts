/**
 * Runs services for a long time at half of full speed, makes their broker, a registry and 1,000 connections fail on
 * the way, and checks that nothing was lost and that memory and handles stay flat.
 *
 * ```sh
 * deno task soak                              # 30 minutes on each runtime
 * deno task soak --minutes=3 --runtime=node   # shorter, one runtime
 * deno task soak --markdown=soak.md           # writes the table into a file, too
 * ```
 *
 * It needs the package rabbitmq-server, of which it starts a private broker. All programs run on the runtime that is
 * soaked, on Node from the built package, and talk over the loopback alone.
 *
 * @module
 */
import { writeFile } from "node:fs/promises";
import process from "node:process";
import { hasPrivateBroker } from "../../tests/support/broker.ts";
import { say } from "../tasks/say.ts";
import { judgeProcess } from "./judge_process.ts";
import { judgeWork } from "./judge_work.ts";
import { parseSoakOptions, type SoakOptions, type SoakRuntime } from "./options.ts";
import { preparePrograms } from "./programs.ts";
import { hasMissed, type SoakReport, toMarkdown } from "./report.ts";
import { SoakRun } from "./soak_run.ts";
import { Stage } from "./stage.ts";

/** What a shell says of a program that was ended by Ctrl-C. */
const INTERRUPTED = 130;

async function main(args: readonly string[]): Promise<number> {
  if (!hasPrivateBroker()) {
    say("Cannot soak without RabbitMQ: install the package rabbitmq-server");
    return 1;
  }
  const { minutes, runtimes, markdown } = readOptions(args);
  const interrupted = untilInterrupted();
  const reports: SoakReport[] = [];
  for (const runtime of runtimes) {
    await preparePrograms(runtime);
    reports.push(await soak(runtime, minutes * 60_000, interrupted));
    const table = toMarkdown(reports);
    if (markdown !== undefined) await writeFile(markdown, table);
  }
  // deno-lint-ignore no-console -- the table is what this program is for
  console.log(`\n${toMarkdown(reports)}`);
  return hasMissed(reports) ? 1 : 0;
}

function readOptions(args: readonly string[]): SoakOptions {
  try {
    return parseSoakOptions(args);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}

async function soak(runtime: SoakRuntime, totalMs: number, interrupted: Promise<never>): Promise<SoakReport> {
  say(`\n== soak on ${runtime}, ${totalMs / 60_000} minutes`);
  await using stage = await Stage.open(runtime);
  const run = new SoakRun(stage, { totalMs, say });
  const findings = await Promise.race([run.run(), stage.failed, interrupted]);
  for (const [text, count] of Object.entries(findings.load.errors)) say(`${count} times ${text}`);
  for (const { name, logged, lastLines } of stage.processes) {
    if (logged.warn > 0) say(`${name} logged ${logged.warn} warnings`);
    if (logged.error > 0) say(`${name} logged ${logged.error} errors:\n${lastLines.join("\n")}`);
  }
  const figures = [...judgeWork(findings), ...findings.processes.flatMap(judgeProcess)];
  return { runtime, figures };
}

/** Rejects at Ctrl-C and SIGTERM. */
function untilInterrupted(): Promise<never> {
  const interrupted = new Promise<never>((_resolve, reject) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => reject(new Interruption(signal)));
    }
  });
  // It may come when nobody waits for it.
  interrupted.catch(() => {});
  return interrupted;
}

class Interruption extends Error {}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  if (error instanceof Interruption) {
    say(`Ended by ${error.message}`);
    process.exit(INTERRUPTED);
  }
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
