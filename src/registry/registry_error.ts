/**
 * The errors that a registry answers with.
 *
 * @module
 */
import { RpcError } from "../errors.ts";
import { INVALID_PARAMS } from "../rpc/message.ts";

/**
 * The JSON-RPC code of an announcement that is over a limit of the registry; nothing has changed.
 *
 * @example
 * ```ts
 * import { RpcError } from "@gemstone/gemstone";
 * import { REGISTRY_FULL, ServiceRegistry } from "@gemstone/gemstone/registry";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const registry = new ServiceRegistry();
 * registry.maxServices = 1;
 * await registry.ping("users", "http://10.0.0.1:8000/api");
 * const error = await assertRejects(() => registry.ping("shop", "http://10.0.0.2:8000/api"), RpcError);
 * assertEquals(error.rpcCode, REGISTRY_FULL);
 * ```
 */
export const REGISTRY_FULL: number = -32010;
/**
 * The JSON-RPC code of a registry that can not reach its store at the moment. It is worth asking again, or another.
 *
 * @example Tell an empty registry from one that does not know
 * ```ts
 * import { RemoteService, UnknownRemoteError } from "@gemstone/gemstone/client";
 * import { REGISTRY_UNAVAILABLE, type ServiceRegistry } from "@gemstone/gemstone/registry";
 *
 * async function find(registryUrl: string, name: string): Promise<readonly string[] | "ask later"> {
 *   try {
 *     return await new RemoteService<ServiceRegistry>(registryUrl).methods.locate_service(name);
 *   } catch (error) {
 *     if (error instanceof UnknownRemoteError && error.rpcCode === REGISTRY_UNAVAILABLE) return "ask later";
 *     throw error;
 *   }
 * }
 * ```
 */
export const REGISTRY_UNAVAILABLE: number = -32011;

/**
 * Makes the error for params that can not be used.
 *
 * @param reason What is wrong with them; one sentence.
 * @returns The error.
 */
export function createInvalidParams(reason: string): RpcError {
  return new RpcError(INVALID_PARAMS.code, INVALID_PARAMS.message, { reason });
}

/**
 * Makes the error for an announcement that is over a limit.
 *
 * @param reason Which limit; one sentence.
 * @returns The error.
 */
export function createRegistryFull(reason: string): RpcError {
  return new RpcError(REGISTRY_FULL, "Registry full", { reason });
}

/**
 * Makes the error for a store that is away. Where the store is, is none of the caller's business.
 *
 * @returns The error.
 */
export function createRegistryUnavailable(): RpcError {
  return new RpcError(REGISTRY_UNAVAILABLE, "Registry unavailable", {
    reason: "The registry can not reach its store at the moment: ask again later, or ask another registry",
  });
}
