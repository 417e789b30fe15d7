/**
 * A web page that needs no build step: it calls the API of the service that it comes from, shows results and errors,
 * and follows a number that the service counts up.
 *
 * ```sh
 * deno run -A examples/webapp/main.ts --port 8000
 * # Then open http://127.0.0.1:8000/
 * ```
 *
 * @module
 */
import { exposedMethod, MicroService, periodicTask, RpcError } from "@gemstone/gemstone";
import type { ExtraHandler, SecurityHeaders, StaticDir } from "@gemstone/gemstone/web";
import { RunningNumber } from "./running_number.ts";

export class WebappService extends MicroService {
  override name = "webapp";

  /** URLs, so that the folders are found from wherever the service is started. */
  override templateDir = new URL("./templates", import.meta.url);
  override staticDirs: StaticDir[] = [["/static", new URL("./static", import.meta.url)]];

  override extraHandlers: ExtraHandler[] = [
    ["/", (context) => context.render("index.html", { name: this.name, endpoint: this.endpoint })],
    // One response for each page that is open; they end when the service stops.
    ["/numbers", (context) => context.events(this.#number.follow())],
  ];

  /** Scripts, styles, pictures and calls of this service and of no other; no script or style within the page. */
  override securityHeaders: SecurityHeaders = {
    contentSecurityPolicy:
      "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    frameOptions: "DENY",
  };

  readonly #number = new RunningNumber();

  @periodicTask(500)
  count(): void {
    this.#number.increase();
  }

  /** What comes from a page may be anything. The page shows the text of an `RpcError`, and only of that. */
  @exposedMethod()
  divide(dividend: number, divisor: number): number {
    if (!Number.isFinite(dividend) || !Number.isFinite(divisor)) throw new RpcError(1, "Give two numbers");
    const result = dividend / divisor;
    // JSON has no infinity: it would arrive as null.
    if (!Number.isFinite(result)) throw new RpcError(2, `Cannot divide ${dividend} by ${divisor}`);
    return result;
  }
}

if (import.meta.main) await new WebappService().start();
