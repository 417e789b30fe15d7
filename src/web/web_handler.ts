/**
 * The web part of a service: extra handlers, then static directories, then 404.
 *
 * @module
 */
import { createCors } from "./cors.ts";
import { prepareHandler } from "./extra_handler.ts";
import { OpenAnswers } from "./open_answers.ts";
import { createSecurityHeaders } from "./security_headers.ts";
import { CookieSigner } from "./signed_cookie.ts";
import { findDirectory, StaticDirectory } from "./static_directory.ts";
import { TemplateFolder } from "./template_folder.ts";
import { createPathPattern } from "./url_pattern.ts";
import { checkWebOptions, type WebOptions } from "./web_options.ts";
import { type Route, WebSite } from "./web_site.ts";

/** Answers requests. Never rejects. */
export type WebFetch = (request: Request) => Promise<Response>;

/**
 * Prepares the web part of a service.
 *
 * @param options What it is made of.
 * @returns What answers each request that is not for the endpoint.
 * @throws {TypeError} when an option can not be used, a pattern is wrong, or a directory is not there.
 */
export async function createWebHandler(options: WebOptions): Promise<WebFetch> {
  checkWebOptions(options);
  const { extraHandlers = [], staticDirs = [], templateDir, cookieSecrets = [], cors = false } = options;
  const {
    authenticate = () => undefined,
    stopping = new AbortController().signal,
    answers = new OpenAnswers(),
    now = Date.now,
    securityHeaders = true,
  } = options;
  const routes = await Promise.all(extraHandlers.map(async ([text, handler]): Promise<Route> => ({
    pattern: await createPathPattern(text),
    find: prepareHandler(handler, text),
  })));
  warnOfShadows(routes, options);
  const site = new WebSite(options, {
    routes,
    directories: await Promise.all(staticDirs.map((dir) => StaticDirectory.create(dir, now))),
    securityHeaders: createSecurityHeaders(securityHeaders),
    cors: cors === false ? undefined : createCors(cors),
    answers,
    tools: {
      logger: options.logger,
      signer: cookieSecrets.length === 0 ? undefined : new CookieSigner(cookieSecrets, now),
      templates: templateDir === undefined
        ? undefined
        : new TemplateFolder(await findDirectory(templateDir, "templateDir"), options),
      stopping,
      authenticate,
    },
  });
  return (request) => site.fetch(request);
}

/** The endpoint is answered before anything here: a handler for its very path waits for nothing. */
function warnOfShadows(routes: readonly Route[], { endpoint, logger }: WebOptions): void {
  const path = new URL(endpoint, "http://localhost").pathname;
  const shadow = routes.find(({ pattern }) => pattern.text === path);
  if (shadow !== undefined) {
    logger.warn(`The extra handler of "${path}" is never called: the JSON-RPC endpoint has that path`);
  }
}
