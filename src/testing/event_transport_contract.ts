/**
 * The contract of event transports.
 *
 * @module
 */
import type { EventTransportCapabilities } from "../events/event_transport.ts";
import { BODY_CASES } from "./body_cases.ts";
import type { CaseDefinition, ContractCase, ContractNeed } from "./contract_case.ts";
import type { EventTransportContractOptions } from "./contract_options.ts";
import { ContractStage } from "./contract_stage.ts";
import { CONCURRENCY_CASES } from "./concurrency_cases.ts";
import { DEAD_LETTER_CASES } from "./dead_letter_cases.ts";
import { DELIVERY_CASES } from "./delivery_cases.ts";
import { EMIT_CASES } from "./emit_cases.ts";
import { FAILURE_CASES } from "./failure_cases.ts";
import { LOG_CASES } from "./log_cases.ts";
import { MISUSE_CASES } from "./misuse_cases.ts";
import { STATE_CASES } from "./state_cases.ts";
import { STOP_CASES } from "./stop_cases.ts";

const CASES: readonly CaseDefinition[] = [
  ...EMIT_CASES,
  ...DELIVERY_CASES,
  ...BODY_CASES,
  ...CONCURRENCY_CASES,
  ...FAILURE_CASES,
  ...DEAD_LETTER_CASES,
  ...LOG_CASES,
  ...STOP_CASES,
  ...STATE_CASES,
  ...MISUSE_CASES,
];

/**
 * Makes the cases that every {@linkcode EventTransport} must pass. Each is independent of the others and of the test
 * runner, uses names of its own, and stops what it starts. What a transport can not do (`capabilities`) is skipped,
 * visibly. One transport is made at once and not started: its capabilities are read.
 *
 * @example Test a transport with Deno
 * ```ts
 * import { MemoryEventBroker, MemoryEventTransport } from "@gemstone/gemstone/events";
 * import { createEventTransportContract } from "@gemstone/gemstone/testing";
 *
 * const broker = new MemoryEventBroker();
 * const cases = createEventTransportContract({
 *   createTransport: () => new MemoryEventTransport({ broker, retryDelaysMs: [5, 10] }),
 *   deadLetters: (service) => broker.deadLetters(service),
 * });
 * for (const { name, skipped, run } of cases) {
 *   Deno.test({ name: `MemoryEventTransport ${name}`, ignore: skipped !== undefined, fn: run });
 * }
 * ```
 *
 * @example Test a transport with Node
 * ```ts
 * import { MemoryEventBroker, MemoryEventTransport } from "@gemstone/gemstone/events";
 * import { createEventTransportContract } from "@gemstone/gemstone/testing";
 * import { test } from "node:test";
 *
 * const broker = new MemoryEventBroker();
 * const cases = createEventTransportContract({
 *   createTransport: () => new MemoryEventTransport({ broker, retryDelaysMs: [5, 10] }),
 *   deadLetters: (service) => broker.deadLetters(service),
 * });
 * function testAll(): void {
 *   for (const { name, skipped, run } of cases) test(name, { skip: skipped ?? false }, run);
 * }
 * ```
 *
 * @param options The transport.
 * @returns The cases.
 */
export function createEventTransportContract(options: EventTransportContractOptions): ContractCase[] {
  const { capabilities } = options.createTransport();
  return CASES.map(({ name, needs, play }) => {
    const skipped = findLack(needs, capabilities, options);
    return {
      name,
      ...(skipped !== undefined && { skipped }),
      run: async () => {
        const stage = new ContractStage(options, capabilities);
        try {
          await play(stage);
        } finally {
          await stage.end();
        }
      },
    };
  });
}

function findLack(
  needs: readonly ContractNeed[],
  capabilities: EventTransportCapabilities,
  { deadLetters }: EventTransportContractOptions,
): string | undefined {
  const lack = needs.find((need) => !capabilities[need]);
  if (lack !== undefined) return `The transport has no capability "${lack}"`;
  if (!needs.includes("deadLetter") || deadLetters !== undefined) return undefined;
  return "The contract was given no way to open dead letters (option deadLetters)";
}
