/**
 * What the contract says of what is logged: an operator must see that a handler fails, and why.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Logger, LogProperties } from "../logger.ts";
import type { CaseDefinition } from "./contract_case.ts";
import type { ContractInstance } from "./contract_instance.ts";
import type { ContractStage } from "./contract_stage.ts";

interface LogRecord {
  readonly message: string;
  readonly properties: LogProperties | undefined;
}

/** Records of the levels that matter here. */
class LogBook {
  readonly warnings: LogRecord[] = [];
  readonly errors: LogRecord[] = [];
  readonly logger: Logger = {
    debug() {},
    info() {},
    warn: (message, properties) => void this.warnings.push({ message, properties }),
    error: (message, properties) => void this.errors.push({ message, properties }),
  };
}

interface Kind {
  readonly name: string;
  readonly need: "groups" | "broadcast";
  readonly emit: (instance: ContractInstance, event: string) => Promise<unknown>;
  /** Broadcasts need not bring theirs. */
  readonly id: string | undefined;
}

const KINDS: readonly Kind[] = [
  {
    name: "group event",
    need: "groups",
    emit: (instance, event) => instance.emit(event, 1, { id: "an-id" }),
    id: "an-id",
  },
  {
    name: "broadcast",
    need: "broadcast",
    emit: (instance, event) => instance.broadcast(event, 1),
    id: undefined,
  },
];

/** Emits an event that fails once, and is dead-lettered then or succeeds when it comes again. */
async function failOnce(stage: ContractStage, kind: Kind, maxAttempts: number): Promise<[LogBook, Error]> {
  const book = new LogBook();
  const error = new Error("a fault");
  const instance = stage.create(stage.service, book.logger);
  const handle = ({ attempt }: { readonly attempt: number }) => {
    if (attempt === 1) throw error;
  };
  await stage.within("start()", instance.start({ [stage.event]: { maxAttempts, handle } }));
  await kind.emit(instance, stage.event);
  await stage.until("it is settled", () => instance.stats.dead + instance.stats.handled === 1);
  return [book, error];
}

/** Checks that exactly one record names the event, and returns its message. */
async function readOnly(
  stage: ContractStage,
  records: LogRecord[],
  kind: Kind,
  error: Error,
): Promise<string> {
  await stage.until("it is logged", () => findNamed(stage, records).length > 0);
  const [{ message, properties }, ...others] = findNamed(stage, records) as [LogRecord, ...LogRecord[]];
  assert.deepEqual(others, []);
  assert.equal(properties?.error, error);
  assert.equal(properties.attempt, 1);
  if (kind.id !== undefined) assert.equal(properties.id, kind.id);
  return message;
}

function findNamed({ event }: ContractStage, records: LogRecord[]): LogRecord[] {
  return records.filter(({ message }) => message.includes(event));
}

/** The cases. */
export const LOG_CASES: readonly CaseDefinition[] = KINDS.flatMap((kind): CaseDefinition[] => [
  {
    name: `the retry of a ${kind.name} is logged as a warning, with the error`,
    needs: [kind.need, "delayedRetry"],
    async play(stage) {
      const [book, error] = await failOnce(stage, kind, 2);

      await readOnly(stage, book.warnings, kind, error);
      assert.deepEqual(findNamed(stage, book.errors), []);
    },
  },
  {
    name: `the dead letter of a ${kind.name} is logged as an error, with the reason`,
    needs: [kind.need, "deadLetter"],
    async play(stage) {
      const [book, error] = await failOnce(stage, kind, 1);

      const message = await readOnly(stage, book.errors, kind, error);
      assert.match(message, /max_attempts/);
      assert.deepEqual(findNamed(stage, book.warnings), []);
    },
  },
]);
