/** Faults in how events are delivered. */
import type { EventSubscription, EventTransportSetup } from "@gemstone/gemstone/events";
import { ChangedHandlers, ChangedSettings, type Fault, PassingTransport } from "./passing_transport.ts";

class Silent extends PassingTransport {
  override start(setup: EventTransportSetup): Promise<void> {
    return super.start({ ...setup, logger: { debug() {}, info() {}, warn() {}, error() {} } });
  }
}

class WithoutReasons extends PassingTransport {
  override start({ logger, ...setup }: EventTransportSetup): Promise<void> {
    const error: typeof logger.error = (message, properties) =>
      logger.error(message.replace(/ is dead: .*/, " is dead"), properties);
    return super.start({ ...setup, logger: { ...logger, error } });
  }
}

/** The faults. */
export const DELIVERY_FAULTS: readonly Fault[] = [
  [
    "shares one body among handlers",
    "handlers may change their body without harm to others",
    ((bodies: Map<string, unknown>) =>
      class extends ChangedHandlers {
        change(handle: EventSubscription["handle"]): EventSubscription["handle"] {
          return (event, signal) => {
            const key = `${event.name} ${event.id}`;
            if (!bodies.has(key)) bodies.set(key, event.body);
            return handle({ ...event, body: bodies.get(key) as typeof event.body }, signal);
          };
        }
      })(new Map()),
  ],
  [
    "drops keys that look dangerous",
    "the body of a group event may be whatever JSON can carry",
    class extends ChangedHandlers {
      change(handle: EventSubscription["handle"]): EventSubscription["handle"] {
        return (event, signal) => {
          if (
            typeof event.body === "object" && event.body !== null && Object.hasOwn(event.body, "__proto__")
          ) {
            delete (event.body as { __proto__?: unknown })["__proto__"];
          }
          return handle(event, signal);
        };
      }
    },
  ],
  [
    "knows no concurrency",
    "as many handlers run at once as `concurrency` says, and no more",
    class extends ChangedSettings {
      override readonly change = { concurrency: 5 };
    },
  ],
  [
    "knows no order",
    "ordered group events are handled one after the other over all instances",
    class extends ChangedSettings {
      override readonly change = { ordered: false };
    },
  ],
  [
    "takes an error for success",
    "a group event whose handler throws is delivered again, with its attempt counted",
    class extends ChangedHandlers {
      change(handle: EventSubscription["handle"]): EventSubscription["handle"] {
        return (event, signal) => {
          try {
            return handle(event, signal);
          } catch {
            return undefined;
          }
        };
      }
    },
  ],
  [
    "counts no attempts",
    "a group event whose handler rejects is delivered again, with its attempt counted",
    class extends ChangedHandlers {
      change(handle: EventSubscription["handle"]): EventSubscription["handle"] {
        return (event, signal) => handle({ ...event, attempt: 1 }, signal);
      }
    },
  ],
  [
    "knows no time limit",
    "a handler that takes longer than `timeoutMs` has failed, and its signal aborts",
    class extends ChangedSettings {
      override readonly change = { timeoutMs: 60_000 };
    },
  ],
  [
    "knows no maxAttempts",
    "an event is dead-lettered after `maxAttempts` deliveries, with its story",
    class extends ChangedSettings {
      override readonly change = { maxAttempts: 4 };
    },
  ],
  ...["group event", "broadcast"].flatMap((kind): Fault[] => [
    [`logs no retry of a ${kind}`, `the retry of a ${kind} is logged as a warning, with the error`, Silent],
    [
      `logs no dead letter of a ${kind}`,
      `the dead letter of a ${kind} is logged as an error, with the reason`,
      Silent,
    ],
    [
      `logs a dead letter of a ${kind} without the reason`,
      `the dead letter of a ${kind} is logged as an error, with the reason`,
      WithoutReasons,
    ],
  ]),
];
