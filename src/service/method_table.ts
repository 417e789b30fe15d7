/**
 * The table of a service's methods.
 *
 * @module
 */
import { ServiceConfigurationError } from "../errors.ts";
import { createMethod, type RpcMethod } from "../rpc/method.ts";
import type { Exposure } from "./exposure.ts";
import { requireTime } from "./settings.ts";

/**
 * Prepares exposed methods for the dispatcher.
 *
 * @param exposures The methods.
 * @param callTimeoutMs The time limit of those that set none, in milliseconds.
 * @returns The methods by their names on the wire.
 * @throws {ServiceConfigurationError} when two have one name, or the parameters of one can not be found out.
 */
export async function buildMethodTable<Context>(
  exposures: readonly Exposure[],
  callTimeoutMs: number,
): Promise<Map<string, RpcMethod<Context>>> {
  const owners = new Map<string, string>();
  const table = new Map<string, RpcMethod<Context>>();
  for (const { name, fn, target, options } of exposures) {
    const owner = `${target.constructor.name}.${fn.name || "(anonymous)"}`;
    const other = owners.get(name);
    if (other !== undefined) {
      throw new ServiceConfigurationError(
        `Cannot expose method "${name}" twice: by ${other} and by ${owner}; give one another name`,
      );
    }
    owners.set(name, owner);
    const { timeoutMs = callTimeoutMs } = options;
    requireTime(`timeoutMs of method "${name}"`, timeoutMs);
    table.set(name, await prepare(name, fn, target, { ...options, timeoutMs }));
  }
  return table;
}

async function prepare<Context>(
  ...[name, fn, target, options]: Parameters<typeof createMethod>
): Promise<RpcMethod<Context>> {
  try {
    return await createMethod<Context>(name, fn, target, options);
  } catch (cause) {
    throw new ServiceConfigurationError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
