/**
 * Puts the parts of a service together: from its settings and methods to a function that answers requests.
 *
 * @module
 */
import type { Logger } from "../logger.ts";
import type { CallHooks, CallScope } from "../rpc/call.ts";
import { type CallObserver, Dispatcher } from "../rpc/dispatch.ts";
import { type Exchange, type HttpDispatcher, RpcHttpHandler } from "../rpc/http.ts";
import type { RpcMethod } from "../rpc/method.ts";
import type { ResponseStyle } from "../rpc/reply.ts";
import { getTextTaker } from "../runtime/listen.ts";
import type { Container } from "./container.ts";
import type { EventBus, EventfulService } from "./event_bus.ts";
import type { EventHandling } from "./event_handler.ts";
import type { Gatekeeper } from "./gatekeeper.ts";
import { createMethodTable, type ExposingService } from "./method_table.ts";
import type { PeriodicSchedule } from "./periodic_schedule.ts";
import type { PluginHost } from "./plugin_host.ts";
import type { RequestContext, ServiceHandle } from "./service_handle.ts";
import { type CheckedSettings, checkSettings, usesDiscovery } from "./settings.ts";
import type { WebPart, WebService, WebSettings } from "./web_part.ts";

/** What is asked of a service to prepare it. */
export interface PreparableService
  extends Gatekeeper, EventfulService, CheckedSettings, ExposingService, WebSettings {
  readonly modules: readonly Container[];
  readonly responseStyle: ResponseStyle;
  readonly exposeErrorDetails: boolean;
  readonly useAccessLog: boolean;
  getEventHandlers(): readonly EventHandling[];
  setMicroservice(service: ServiceHandle): void;
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
  /** Its plugins. */
  readonly plugins: PluginSlot;
  /** Its periodic tasks; `undefined` when it has none. */
  readonly schedule: PeriodicSchedule | undefined;
  /** The endpoint, too, must be answered by `fetch`. */
  readonly isWebOnly: boolean;
  /** What is not for the endpoint may become a WebSocket. */
  readonly takesUpgrades: boolean;
  /** Answers a request that came when the service had begun to stop. */
  refuseLate(): Response;
  /** From now on the service only ends what runs. */
  beginToStop(): void;
  /** Resolves when no notification is running. */
  idle(): Promise<void>;
  /** Resolves when no web page is being made or sent; `undefined` when that is so now. */
  untilIdle(): Promise<void> | undefined;
  /** Answers all running calls and web handlers with an error. */
  abandon(): void;
}

/** A place for the plugins of a service, who may come late. */
class PluginSlot {
  readonly #logger: Logger;
  readonly #observe: (observer: CallObserver) => void;
  #host: PluginHost | undefined;

  /**
   * @param logger Takes what goes wrong with plugins.
   * @param observe Sets who is told of calls.
   */
  constructor(logger: Logger, observe: (observer: CallObserver) => void) {
    this.#logger = logger;
    this.#observe = observe;
  }

  /** Runs the hooks; `undefined` as long as there is no plugin. */
  get host(): PluginHost | undefined {
    return this.#host;
  }

  /** Loads what runs hooks. */
  async open(): Promise<PluginHost> {
    const { PluginHost } = await import("./plugin_host.ts");
    if (this.#host !== undefined) return this.#host;
    const host = this.#host = new PluginHost(this.#logger);
    this.#observe((request) => host.tellCall(request));
    return host;
  }
}

/**
 * Prepares a service. It changes nothing when it fails.
 *
 * @param service The service.
 * @param closed What decides about callers when the service does not.
 * @returns What answers its requests.
 * @throws {ServiceConfigurationError} when a setting or a method can not be used.
 * @throws {PluginError} when a plugin can not be used.
 */
export async function prepareService(
  service: PreparableService,
  closed: Gatekeeper,
): Promise<PreparedService> {
  checkSettings(service);
  if (usesDiscovery(service)) (await import("./discovery_settings.ts")).checkDiscovery(service);
  const handlings = [service, ...service.modules].flatMap((owner) => owner.getEventHandlers());
  const table = await createMethodTable(service, handlings);
  const guarded = [...table].filter(([, method]) => method.private).map(([name]) => name);
  if (guarded.length > 0) (await import("./gatekeeper.ts")).warnOfClosed(guarded, service, closed);
  const events = await createEventBus(service, handlings);
  const hooks = await createCallHooks(service, table);
  const plugins = new PluginSlot(service.logger, (observer) => dispatcher.observe(observer));
  const dispatcher = createDispatcher(service, table, { ...hooks, plugins });
  const schedule = await createTaskSchedule(service, plugins);
  await usePlugins(service, plugins);
  for (const container of service.modules) container.checkFreeFor(service);
  for (const part of [service, ...service.modules, ...service.plugins]) part.setMicroservice(service);
  const endpoint = createEndpoint(service, dispatcher);
  const stopping = new AbortController();
  const web = usesWeb(service) ? await loadWeb(service, stopping.signal) : NO_WEB;
  const { fetch, fetchOther } = await createFetch(service, { endpoint, web });
  return {
    fetch,
    fetchOther,
    endpoint,
    events,
    plugins,
    schedule,
    isWebOnly: service.useAccessLog || service.cors !== false,
    takesUpgrades: service.extraHandlers.length > 0,
    refuseLate: () => endpoint.refuseLate(),
    beginToStop() {
      endpoint.beginToStop();
      stopping.abort();
    },
    idle: () => dispatcher.idle(),
    untilIdle: () => web.answers?.untilIdle(),
    abandon() {
      dispatcher.abandon();
      web.answers?.abandon();
    },
  };
}

function createEndpoint(
  { endpoint, maxBodyBytes }: PreparableService,
  dispatcher: HttpDispatcher,
): RpcHttpHandler {
  return new RpcHttpHandler(dispatcher, { endpoint, maxBodyBytes, takeText: getTextTaker() });
}

/** Sends each request to the endpoint or to the web part, and logs it where that is wanted. */
async function createFetch(
  { useAccessLog, logger }: PreparableService,
  { endpoint, web }: { readonly endpoint: RpcHttpHandler; readonly web: WebPart },
): Promise<Pick<PreparedService, "fetch" | "fetchOther">> {
  const fetch = web.wrap((request) =>
    endpoint.isFor(request) ? endpoint.handle(request) : web.fetch(request)
  );
  const fetchOther = web.wrap(web.fetch);
  if (!useAccessLog) return { fetch, fetchOther };
  const { createAccessLog } = await import("./access_log.ts");
  return { fetch: createAccessLog(logger, fetch), fetchOther: createAccessLog(logger, fetchOther) };
}

const NO_WEB: WebPart = {
  fetch: () => new Response("Not Found\n", { status: 404 }),
  wrap: (fetch) => fetch,
};

function usesWeb({ extraHandlers, staticDirs, templateDir, cors }: WebSettings): boolean {
  // What is no list is refused by who checks it.
  return extraHandlers.length !== 0 || staticDirs.length !== 0 || templateDir !== undefined || cors !== false;
}

async function loadWeb(service: WebService, stopping: AbortSignal): Promise<WebPart> {
  const { prepareWeb } = await import("./web_part.ts");
  return await prepareWeb(service, stopping);
}

function createDispatcher(
  service: PreparableService,
  table: Map<string, RpcMethod<RequestContext>>,
  { plugins, ...hooks }: CallHooks<Exchange, RequestContext> & { readonly plugins: PluginSlot },
): Dispatcher<Exchange, RequestContext> {
  return new Dispatcher<Exchange, RequestContext>(table, {
    ...hooks,
    onError: (error, { method }) => {
      plugins.host?.tellError(error, { source: "method", name: method });
      service.logger.error(`Method "${method}" failed`, { error });
    },
    exposeErrorDetails: service.exposeErrorDetails,
    maxBatchSize: service.maxBatchSize,
    responseStyle: service.responseStyle,
  });
}

/** Loads what runs periodic tasks, where there are any. */
async function createTaskSchedule(
  service: PreparableService,
  plugins: PluginSlot,
): Promise<PeriodicSchedule | undefined> {
  const hasDecorated = [service, ...service.modules].some((part) => part.getPeriodicTasks().length > 0);
  if (!hasDecorated && service.periodicTasks.length === 0) return undefined;
  const { collectTasks, createSchedule } = await import("./periodic_schedule.ts");
  return await createSchedule(collectTasks(service), {
    logger: service.logger,
    onError: (error, name) => plugins.host?.tellError(error, { source: "periodicTask", name }),
  });
}

/** Loads what runs the hooks of plugins, where there are any. */
async function usePlugins(service: PreparableService, slot: PluginSlot): Promise<void> {
  if (service.plugins.length === 0) return;
  const { checkPlugins } = await import("./plugin_host.ts");
  checkPlugins(service.plugins, service);
  const host = await slot.open();
  for (const plugin of service.plugins) host.add(plugin);
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
