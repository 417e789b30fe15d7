import { createLogger, type Logger } from "@gemstone/gemstone";
import { ServiceRegistry } from "@gemstone/gemstone/registry";

/** The service `registry` of the cases: who answers under which name. */
export class RegistryService extends ServiceRegistry {
  override name = "conformance.registry";
  override port = 0;
  override skipConfiguration = true;

  /** As the other services of the fixture: the failures of methods are what some cases are about. */
  override getLogger(): Logger {
    return createLogger(this.name, { write: () => {} });
  }
}
