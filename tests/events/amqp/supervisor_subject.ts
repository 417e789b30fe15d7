/** A supervisor over connections that do what the test tells them to. */
import { TopologyConflictError } from "../../../src/errors.ts";
import { AmqpConnectError, type AmqpConnection } from "../../../src/events/amqp/driver.ts";
import { resolveConnection } from "../../../src/events/amqp/options.ts";
import { ConnectionSupervisor, type SupervisorOptions } from "../../../src/events/amqp/supervisor.ts";
import type { EventTransportStatus } from "../../../src/events/event_transport.ts";
import { FakeConnector } from "./fake_connect.ts";

export const URL_A = "amqp://user:secret@a";
export const REFUSED = new AmqpConnectError("connect ECONNREFUSED", { isFinal: false });
export const WRONG_PASSWORD = new AmqpConnectError("The broker refuses user or password", { isFinal: true });
export const CONFLICT = new TopologyConflictError('queue "q"', 'Cannot declare queue "q"');
/** No test waits longer than this for what must not happen. */
export const LONG_MS = 60_000;
/** A supervisor and all that it says and does. */
export class Subject {
  readonly connector = new FakeConnector();
  readonly statuses: EventTransportStatus[] = [];
  readonly delays: number[] = [];
  readonly setUps: AmqpConnection[] = [];
  readonly tearDowns: string[] = [];
  readonly supervisor: ConnectionSupervisor;
  setUp: SupervisorOptions["setUp"] = () => Promise.resolve();

  constructor(options: Partial<SupervisorOptions> = {}) {
    this.supervisor = new ConnectionSupervisor({
      name: "publish",
      connectionName: "service/1 publish",
      urls: [URL_A],
      connect: this.connector.connect,
      connection: resolveConnection({
        minBackoffMs: 1,
        maxBackoffMs: 4,
        connectRetries: 3,
        connectTimeoutMs: 50,
      }),
      setUp: (connection, ...rest) => {
        this.setUps.push(connection);
        return this.setUp(connection, ...rest);
      },
      tearDown: ({ message }) => void this.tearDowns.push(message),
      onStatus: (status) => void this.statuses.push(status),
      onFailure: (_error, delayMs) => void this.delays.push(delayMs),
      random: () => 1,
      timing: { setUpMs: 50, conflictMs: 5 },
      ...options,
    });
  }

  get states(): string[] {
    return this.statuses.map(({ state }) => state);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.supervisor.stop(1_000);
  }
}
