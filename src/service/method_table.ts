/**
 * The methods of a service by their names on the wire.
 *
 * @module
 */
import { ServiceConfigurationError } from "../errors.ts";
import { createMethod, type RpcMethod } from "../rpc/method.ts";
import type { ResponseStyle } from "../rpc/reply.ts";
import type { Container } from "./container.ts";
import type { EventHandling } from "./event_handler.ts";
import type { Executor } from "./executor.ts";
import type { Exposure } from "./exposure.ts";
import type { DescribedSettings } from "./introspection.ts";
import type { RequestContext } from "./service_handle.ts";

/** What is asked of a service that exposes methods. */
export interface ExposingService extends DescribedSettings {
  readonly modules: readonly Container[];
  readonly responseStyle: ResponseStyle;
  readonly useIntrospection: boolean | undefined;
  readonly useStatistics: boolean;
  readonly callTimeoutMs: number;
  getExposedMethods(): readonly Exposure[];
  getExecutor(): Executor;
}

/**
 * Prepares everything that a service and its modules expose.
 *
 * @param service The service.
 * @param handlings The events that it handles, which `get_service_specs` tells.
 * @returns The methods by their names on the wire.
 * @throws {ServiceConfigurationError} when a method can not be used, or two have one name.
 */
export async function createMethodTable(
  service: ExposingService,
  handlings: readonly EventHandling[],
): Promise<Map<string, RpcMethod<RequestContext>>> {
  const exposures = [service, ...service.modules].flatMap((owner) => owner.getExposedMethods());
  // Clients of the original up to 0.9 ask for it before anything else.
  if (service.useIntrospection ?? service.responseStyle === "legacy") {
    const { describeService } = await import("./introspection.ts");
    const fn = () => describeService(service, exposures, handlings);
    const options = { summary: "Describes the service and its methods." };
    exposures.push({ name: "get_service_specs", fn, target: service, options });
  }
  if (!service.useStatistics) return buildMethodTable(exposures, service);

  const { CallStatistics } = await import("./statistics.ts");
  const statistics = new CallStatistics();
  exposures.push({ name: "statistics", fn: () => statistics.toJson(), target: service, options: {} });
  const table = await buildMethodTable(exposures, service);
  return new Map([...table].map(([name, method]) => [name, statistics.count(method)]));
}

async function buildMethodTable(
  exposures: readonly Exposure[],
  service: ExposingService,
): Promise<Map<string, RpcMethod<RequestContext>>> {
  const owners = new Map<string, string>();
  const table = new Map<string, RpcMethod<RequestContext>>();
  for (const exposure of exposures) {
    const { name, fn, target } = exposure;
    const owner = `${target.constructor.name}.${fn.name || "(anonymous)"}`;
    const other = owners.get(name);
    if (other !== undefined) {
      throw new ServiceConfigurationError(
        `Cannot expose method "${name}" twice: by ${other} and by ${owner}; give one another name`,
      );
    }
    owners.set(name, owner);
    table.set(name, await prepareMethod(exposure, service));
  }
  return table;
}

async function prepareMethod(
  { name, fn, target, options }: Exposure,
  service: ExposingService,
): Promise<RpcMethod<RequestContext>> {
  const { blocking: module, timeoutMs = service.callTimeoutMs } = options;
  const limited = { ...options, timeoutMs };
  try {
    if (module === undefined) return await createMethod<RequestContext>(name, fn, target, limited);
    const { createBlockingMethod } = await import("./blocking_method.ts");
    const exposure = { name, fn, target, options: limited, module };
    return await createBlockingMethod(exposure, () => service.getExecutor());
  } catch (cause) {
    throw new ServiceConfigurationError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
