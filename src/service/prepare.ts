/**
 * Puts the parts of a service together: from its settings and methods to a function that answers requests.
 *
 * @module
 */
import { ServiceConfigurationError } from "../errors.ts";
import type { CallScope } from "../rpc/call.ts";
import type { RequestContext } from "../rpc/context.ts";
import { Dispatcher } from "../rpc/dispatch.ts";
import { type Exchange, RpcHttpHandler } from "../rpc/http.ts";
import { createMethod, type RpcMethod } from "../rpc/method.ts";
import type { ResponseStyle } from "../rpc/reply.ts";
import type { ServiceHandle } from "../rpc/service_type.ts";
import { getTextTaker } from "../runtime/listen.ts";
import type { Container } from "./container.ts";
import type { EventBus, EventfulService } from "./event_bus.ts";
import type { EventHandling } from "./event_handler.ts";
import type { Exposure } from "./exposure.ts";
import type { DescribedSettings } from "./introspection.ts";
import { type CheckedSettings, checkSettings } from "./settings.ts";

/** What is asked of a service to prepare it. */
export interface PreparableService extends EventfulService, CheckedSettings, DescribedSettings {
  readonly modules: readonly Container[];
  readonly responseStyle: ResponseStyle;
  readonly exposeErrorDetails: boolean;
  readonly useIntrospection: boolean | undefined;
  readonly useStatistics: boolean;
  readonly useAccessLog: boolean;
  getEventHandlers(): readonly EventHandling[];
  getExposedMethods(): readonly Exposure[];
  setMicroservice(service: ServiceHandle): void;
  authenticateRequest(context: RequestContext): unknown;
}

/** Answers requests. */
type Fetch = (request: Request) => Response | Promise<Response>;

/** A service that can answer. */
export interface PreparedService {
  /** Answers any request. */
  readonly fetch: Fetch;
  /** Answers any request but those of the endpoint. */
  readonly fetchOther: Fetch;
  /** Answers the endpoint. */
  readonly endpoint: RpcHttpHandler;
  /** Its events; `undefined` when it has neither handlers nor transports. */
  readonly events: EventBus | undefined;
  /** The endpoint, too, must be answered by `fetch`. */
  readonly isWebOnly: boolean;
  /** Resolves when no notification is running. */
  idle(): Promise<void>;
  /** Answers all running calls with an error. */
  abandon(): void;
}

/**
 * Prepares a service. It changes nothing when it fails.
 *
 * @param service The service.
 * @returns What answers its requests.
 * @throws {ServiceConfigurationError} when a setting or a method can not be used.
 */
export async function prepareService(service: PreparableService): Promise<PreparedService> {
  checkSettings(service);
  const handlings = [service, ...service.modules].flatMap((owner) => owner.getEventHandlers());
  const table = await createTable(service, handlings);
  const events = await createEventBus(service, handlings);
  for (const container of service.modules) container.checkFreeFor(service);
  for (const container of [service, ...service.modules]) container.setMicroservice(service);
  const dispatcher = new Dispatcher<Exchange, RequestContext>(table, {
    ...await createCallHooks(service, table),
    onError: (error, { method }) => service.logger.error(`Method "${method}" failed`, { error }),
    exposeErrorDetails: service.exposeErrorDetails,
    maxBatchSize: service.maxBatchSize,
    responseStyle: service.responseStyle,
  });
  const endpoint = new RpcHttpHandler(dispatcher, {
    endpoint: service.endpoint,
    maxBodyBytes: service.maxBodyBytes,
    takeText: getTextTaker(),
  });
  const fetchOther = () => new Response("Not Found\n", { status: 404 });
  const fetch = (request: Request) => endpoint.isFor(request) ? endpoint.handle(request) : fetchOther();
  const log = service.useAccessLog ? await loadAccessLog(service) : (handler: Fetch) => handler;
  return {
    fetch: log(fetch),
    fetchOther: log(fetchOther),
    endpoint,
    events,
    isWebOnly: service.useAccessLog,
    idle: () => dispatcher.idle(),
    abandon: () => dispatcher.abandon(),
  };
}

async function createTable(
  service: PreparableService,
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
  if (!service.useStatistics) return buildMethodTable(exposures, service.callTimeoutMs);

  const { CallStatistics } = await import("./statistics.ts");
  const statistics = new CallStatistics();
  exposures.push({ name: "statistics", fn: () => statistics.toJson(), target: service, options: {} });
  const table = await buildMethodTable<RequestContext>(exposures, service.callTimeoutMs);
  return new Map([...table].map(([name, method]) => [name, statistics.count(method)]));
}

/** Loads what has to do with events, where a service has any. */
async function createEventBus(
  service: PreparableService,
  handlings: readonly EventHandling[],
): Promise<EventBus | undefined> {
  if (handlings.length === 0 && service.eventTransports.length === 0) return undefined;
  const { EventBus } = await import("./event_bus.ts");
  return new EventBus(service, handlings);
}

/** Loads what gives methods a context, where a method needs one. */
async function createCallHooks(service: PreparableService, table: Map<string, RpcMethod<RequestContext>>) {
  if ([...table.values()].every((method) => !method.private && !method.takesContext)) return {};
  const { RequestContext } = await import("../rpc/context.ts");
  return {
    openContext: (exchange: Exchange, scope: CallScope) => new RequestContext(service, exchange, scope),
    authorise: async (context: RequestContext) => {
      context.principal = await service.authenticateRequest(context);
      return context.principal;
    },
  };
}

async function loadAccessLog(service: PreparableService): Promise<(fetch: Fetch) => Fetch> {
  const { createAccessLog } = await import("./access_log.ts");
  return (fetch) => createAccessLog(service.logger, fetch);
}

/** Prepares exposed methods for the dispatcher, by their names on the wire. */
async function buildMethodTable<Context>(
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
    table.set(name, await prepareMethod(name, fn, target, { ...options, timeoutMs }));
  }
  return table;
}

async function prepareMethod<Context>(
  ...[name, fn, target, options]: Parameters<typeof createMethod>
): Promise<RpcMethod<Context>> {
  try {
    return await createMethod<Context>(name, fn, target, options);
  } catch (cause) {
    throw new ServiceConfigurationError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
