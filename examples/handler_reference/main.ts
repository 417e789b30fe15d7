/**
 * Methods that look at the HTTP request behind the call, and add to the response: cookies and headers.
 *
 * ```sh
 * deno run -A examples/handler_reference/main.ts --port 8000
 *
 * # -b and -c: curl keeps cookies in a file, as a browser does. Call it twice.
 * curl -b cookies.txt -c cookies.txt -H "Content-Type: application/json" http://127.0.0.1:8000/api \
 *   -d '{"jsonrpc": "2.0", "id": 1, "method": "count_visits"}'
 * ```
 *
 * @module
 */
import { exposedMethod, MicroService, type RequestContext } from "@gemstone/gemstone";

const WEEK_SECONDS = 7 * 24 * 60 * 60;

export class VisitorService extends MicroService {
  override name = "visitors";

  /** Reads a cookie of the caller, and sets it anew. The context is no parameter of the call. */
  @exposedMethod({ requiresHandlerReference: true })
  count_visits(context: RequestContext): number {
    // It comes from outside, and may be anything.
    const before = Number(context.cookies.get("visits") ?? 0);
    const visits = Number.isSafeInteger(before) && before >= 0 ? before + 1 : 1;
    context.setCookie("visits", String(visits), { maxAge: WEEK_SECONDS });
    return visits;
  }

  /** The parameters of the call come behind the context. */
  @exposedMethod({ requiresHandlerReference: true })
  set_cookie(context: RequestContext, name: string, value: string): void {
    context.setCookie(name, value);
  }

  @exposedMethod({ requiresHandlerReference: true })
  get_cookie(context: RequestContext, name: string): string | null {
    return context.cookies.get(name) ?? null;
  }

  /** Picks a language by a header of the request, and says which in a header of the response. */
  @exposedMethod({ requiresHandlerReference: true })
  say_hello(context: RequestContext, name: string): string {
    const isGerman = context.headers.get("Accept-Language")?.startsWith("de") ?? false;
    context.responseHeaders.set("Content-Language", isGerman ? "de" : "en");
    return `${isGerman ? "hallo" : "hello"} ${name}`;
  }
}

if (import.meta.main) await new VisitorService().start();
