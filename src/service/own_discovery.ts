/**
 * How a service is announced and finds others. Loaded where it has ways to.
 *
 * @module
 */
import type { RemoteService } from "../client/remote_service.ts";
import type { RemoteServiceOptions } from "../client/remote_service_options.ts";
import { HttpDiscoveryStrategy } from "../discovery/http_discovery.ts";
import { ServiceDiscovery } from "../discovery/service_discovery.ts";
import { ServiceDiscoveryCache } from "../discovery/service_discovery_cache.ts";
import { ServiceConfigurationError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { checkDiscovery } from "./discovery_settings.ts";
import type { DiscoverySettings } from "./settings.ts";

/** What is asked of a service that is announced and finds others. */
export interface DiscoveringService extends DiscoverySettings {
  readonly name: string;
  readonly host: string;
  readonly url: string;
  readonly accessibleAt: string | undefined;
  readonly logger: Logger;
}

const ANY_ADDRESS: readonly string[] = ["0.0.0.0", "::"];

/** The discovery of one service. It is made of the settings when it is first needed, and again after `stop`. */
export class OwnDiscovery {
  readonly #service: DiscoveringService;
  #discovery: ServiceDiscovery | undefined;
  /** The settings that it was made of. */
  #madeOf: readonly unknown[] = [];

  /** @param service The service. */
  constructor(service: DiscoveringService) {
    this.#service = service;
  }

  /** Finds a service. */
  async getService<Api>(pattern: string, options: RemoteServiceOptions): Promise<RemoteService<Api>> {
    return await this.#open().getService<Api>(pattern, options);
  }

  /**
   * Takes the settings as they are now; they may have changed since somebody looked for a service.
   *
   * @param limitMs How long it may take to close what was open, in milliseconds.
   * @throws {ServiceConfigurationError} when one can not be used.
   */
  async renew(limitMs: number): Promise<void> {
    const settings = this.#readSettings();
    if (settings.some((setting, index) => setting !== this.#madeOf[index])) await this.stop(limitMs);
    this.#open();
  }

  /** Announces the service; to be called when it listens. Never rejects. */
  async announce(): Promise<void> {
    const { name, host, url, accessibleAt, logger } = this.#service;
    if (accessibleAt === undefined && ANY_ADDRESS.includes(host)) {
      logger.warn(`Announced at ${url}, where others can not reach it: set "accessibleAt"`);
    }
    await this.#open().announce(name, accessibleAt ?? url);
  }

  /** Takes back what was announced, within so many milliseconds. Never rejects. */
  async withdraw(limitMs: number): Promise<void> {
    await this.#discovery?.withdraw(limitMs);
  }

  /** Ends it within so many milliseconds. Never rejects. */
  async stop(limitMs: number): Promise<void> {
    const discovery = this.#discovery;
    this.#discovery = undefined;
    await discovery?.stop(limitMs);
  }

  #open(): ServiceDiscovery {
    if (this.#discovery !== undefined) return this.#discovery;
    const service = this.#service;
    checkDiscovery(service);
    this.#madeOf = this.#readSettings();
    this.#discovery = new ServiceDiscovery({
      strategies: [...service.discoveryStrategies, ...service.serviceRegistryUrls.map(createRegistry)],
      cache: service.remoteServiceCache ?? new ServiceDiscoveryCache(),
      pingIntervalMs: service.serviceRegistryPingIntervalMs,
      logger: service.logger,
    });
    return this.#discovery;
  }

  #readSettings(): readonly unknown[] {
    const { discoveryStrategies, serviceRegistryUrls, serviceRegistryPingIntervalMs, remoteServiceCache } =
      this.#service;
    return [discoveryStrategies, serviceRegistryUrls, serviceRegistryPingIntervalMs, remoteServiceCache];
  }
}

function createRegistry(url: string): HttpDiscoveryStrategy {
  try {
    return new HttpDiscoveryStrategy(url);
  } catch (cause) {
    const text = `Cannot use the service's serviceRegistryUrls: ${(cause as Error).message}`;
    throw new ServiceConfigurationError(text, { cause });
  }
}
