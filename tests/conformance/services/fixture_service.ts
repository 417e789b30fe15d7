import { createLogger, type Logger, MicroService } from "@gemstone/gemstone";

/** What the services of the fixture have in common: a free port of the loopback, and few words. */
export abstract class FixtureService extends MicroService {
  override host = "127.0.0.1";
  override port = 0;
  override endpoint = "/api";
  override skipConfiguration = true;

  /** The failures of methods are what many cases are about; in a log they would hide a real one. */
  override getLogger(): Logger {
    return createLogger(this.name, { write: () => {} });
  }
}
