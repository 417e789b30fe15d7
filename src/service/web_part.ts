/**
 * The web pages of a service, beside its endpoint. Loaded for services that have some.
 *
 * @module
 */
import { setMaxListeners } from "node:events";
import { ServiceConfigurationError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { type CorsOptions, createCors, wrapWithCors } from "../web/cors.ts";
import type { ExtraHandler } from "../web/extra_handler.ts";
import { OpenAnswers } from "../web/open_answers.ts";
import { createPlainResponse } from "../web/plain_response.ts";
import { readPath } from "../web/request_target.ts";
import type { SecurityHeaders } from "../web/security_headers.ts";
import type { StaticDir } from "../web/static_directory.ts";
import { createWebHandler } from "../web/web_handler.ts";
import type { RequestContext, ServiceHandle } from "./service_handle.ts";

/** The settings of the web part; {@linkcode MicroService} describes them. */
export interface WebSettings {
  readonly extraHandlers: readonly ExtraHandler<ServiceHandle>[];
  readonly staticDirs: readonly StaticDir[];
  readonly templateDir: string | URL | undefined;
  readonly reloadTemplates: boolean;
  readonly cors: boolean | CorsOptions;
  readonly securityHeaders: boolean | SecurityHeaders;
  readonly cookieSecrets: readonly string[];
}

/** What the web part needs of a service. */
export interface WebService extends WebSettings, ServiceHandle {
  readonly endpoint: string;
  readonly logger: Logger;
  readonly maxBodyBytes: number;
  readonly exposeErrorDetails: boolean;
  authenticateRequest(context: RequestContext): unknown;
}

/** Answers requests. */
type Fetch = (request: Request) => Response | Promise<Response>;

/** The web part of a service. */
export interface WebPart {
  /** Answers requests that are not for the endpoint; pages of other origins are not thought of yet. */
  readonly fetch: Fetch;
  /** Puts the answers to pages of other origins around something. */
  readonly wrap: (fetch: Fetch) => Fetch;
  /** What it has not finished yet. */
  readonly answers?: OpenAnswers;
}

/**
 * Prepares the web part.
 *
 * @param service The service.
 * @param stopping Aborts when the service begins to stop.
 * @returns The web part.
 * @throws {ServiceConfigurationError} when a setting can not be used.
 */
export async function prepareWeb(service: WebService, stopping: AbortSignal): Promise<WebPart> {
  // Each open page is one of its listeners; Node warns of a leak at eleven.
  setMaxListeners(0, stopping);
  try {
    const { endpoint, logger, maxBodyBytes, exposeErrorDetails, securityHeaders, cookieSecrets } = service;
    const { extraHandlers, staticDirs, templateDir, reloadTemplates, cors } = service;
    const answers = new OpenAnswers();
    const fetch = await createWebHandler({
      microservice: service,
      endpoint,
      logger,
      maxBodyBytes,
      exposeErrorDetails,
      securityHeaders,
      cookieSecrets,
      // Their contexts are made with this service.
      extraHandlers: extraHandlers as readonly ExtraHandler[],
      staticDirs,
      templateDir,
      reloadTemplates,
      stopping,
      answers,
      authenticate: (context) => service.authenticateRequest(context as unknown as RequestContext),
    });
    if (cors === false) return { fetch, answers, wrap: (inner) => inner };
    const rules = createCors(cors);
    const onError = ({ method, url }: Request, error: unknown) => {
      logger.error(`Cannot answer ${method} ${readPath(url)}`, { error });
      return createPlainResponse(500);
    };
    return { fetch, answers, wrap: (inner) => wrapWithCors(rules, inner, onError) };
  } catch (cause) {
    throw new ServiceConfigurationError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
