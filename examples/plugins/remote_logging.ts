/**
 * A plugin that sends what happens to a service elsewhere. This one keeps the lines; a real one would send them.
 *
 * @module
 */
import { BasePlugin, type InternalErrorInfo, type PluginCall } from "@gemstone/gemstone";

const MAX_LINES = 1_000;

export class RemoteLogging extends BasePlugin {
  override name = "remote_logging";
  readonly #lines: string[] = [];

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** A method of the plugin's own, for the methods of the service. */
  log(level: "info" | "error", message: string): void {
    if (this.#lines.length === MAX_LINES) this.#lines.shift();
    this.#lines.push(`${level}: ${message}`);
  }

  /** The service listens by now: `url` has the real port. */
  override onServiceStart(): void {
    this.log("info", `${this.microservice.name} started`);
  }

  override onServiceStop(): void {
    this.log("info", `${this.microservice.name} stopped`);
  }

  /** Every call and notification. The caller does not wait for it. */
  override onMethodCall({ method, id }: PluginCall): void {
    this.log("info", `${id === undefined ? "notification" : "call"} of ${method}`);
  }

  override onInternalError(error: unknown, { source, name }: InternalErrorInfo): void {
    this.log("error", `${source} ${name} failed: ${error instanceof Error ? error.message : error}`);
  }
}
