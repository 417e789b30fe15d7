/** R26: the rights that the text of the module asks for are enough, and who lacks one is told which. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BrokerUnavailableError, EventRejectedError, NonRetryableError } from "@gemstone/gemstone";
import { createEvent, type EventTransport } from "@gemstone/gemstone/events";
import {
  type DeadLetterOffice,
  openAmqpDeadLetters,
  RabbitMqEventTransport,
  type RabbitMqOptions,
  tapAmqp,
} from "@gemstone/gemstone/rabbitmq";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveSubscription } from "../../src/events/subscription.ts";
import { hasPrivateBroker } from "../support/broker.ts";
import { type FaultRun, withBroker } from "../support/fault_run.ts";
import { createGate } from "../support/gate.ts";
import { waitUntil } from "../support/wait_until.ts";

/** The text as it stands in the source on Deno, and in the types of the package on Node. */
const TEXT = readFileSync(
  new URL(`../../src/events/amqp/mod.${import.meta.url.endsWith(".ts") ? "ts" : "d.ts"}`, import.meta.url),
  "utf8",
);

/** What a user may do. */
interface Rights {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

/** The row of the table that begins so. */
function readRights(use: string): Rights {
  const row = TEXT.split("\n").find((line) => line.startsWith(` * | ${use}`));
  assert(row !== undefined, `The text has no rights for ${use}`);
  const cells = row.split(/(?<!\\)\|/).slice(2, 5);
  const [configure = "", write = "", read = ""] = cells.map((cell) =>
    cell.trim().replace(/^`(.*)`$/, "$1").replaceAll("\\|", "|")
  );
  return { configure, write, read };
}

/** The users of a virtual host of their own. */
type UrlOf<User extends string> = (user: User) => string;

/** Makes a virtual host and its users, with one call of `rabbitmqctl`, which is slow. */
async function withUsers<User extends string>(
  { broker }: FaultRun,
  rights: Readonly<Record<User, Rights>>,
  use: (urlOf: UrlOf<User>) => Promise<void>,
): Promise<void> {
  const vhost = `rights-${randomUUID().slice(0, 8)}`;
  const nameOf = (user: string): string => `${vhost}-${user}`;
  const users = Object.keys(rights).map((user) => ({ name: nameOf(user), password: "password", tags: "" }));
  const permissions = Object.entries<Rights>(rights).map(([user, row]) => ({
    user: nameOf(user),
    vhost,
    ...row,
  }));
  const folder = await mkdtemp(join(tmpdir(), "gemstone-rights-"));
  try {
    const file = join(folder, "definitions.json");
    await writeFile(file, JSON.stringify({ vhosts: [{ name: vhost }], users, permissions }));
    await broker.control("import_definitions", file);
  } finally {
    await rm(folder, { recursive: true });
  }
  try {
    await use((user) => `amqp://${nameOf(user)}:password@127.0.0.1:${broker.port}/${vhost}`);
  } finally {
    await broker.control("delete_vhost", vhost);
  }
}

const SERVICE = "shop";
const EVENT = "order_paid";

/** A transport of the service, with the namespace of the text. */
async function start(run: FaultRun, url: string, options: RabbitMqOptions = {}): Promise<EventTransport> {
  const transport = new RabbitMqEventTransport(url, {
    retryDelaysMs: [50],
    connection: { connectRetries: 0 },
    ...options,
  });
  run.use({ [Symbol.asyncDispose]: async () => void await transport.stop({ drainMs: 0 }) });
  await transport.start({ service: SERVICE, instanceId: randomUUID(), logger: run.logger });
  return transport;
}

/** Handles events: "dead" is given up, "again" succeeds at the second attempt. Says what it has handled. */
async function handle(transport: EventTransport): Promise<string[]> {
  const handled: string[] = [];
  await transport.subscribe([{
    event: EVENT,
    settings: resolveSubscription(EVENT, { localRetryDelaysMs: [] }),
    handle: ({ body, attempt }) => {
      if (body === "dead") throw new NonRetryableError("no");
      if (body === "again" && attempt === 1) throw new Error("not yet");
      handled.push(String(body));
    },
  }]);
  return handled;
}

async function emit(transport: EventTransport, body: string, broadcast = false): Promise<boolean> {
  const event = createEvent(EVENT, body, { broadcast, source: "/test" });
  const options = { confirm: true, requireRoute: false, timeoutMs: 10_000, signal: undefined };
  return (await transport.emit(event, options)).routed === true;
}

async function emitAll(transport: EventTransport): Promise<void> {
  const routed = [
    await emit(transport, "one"),
    await emit(transport, "again"),
    await emit(transport, "dead"),
    await emit(transport, "all", true),
  ];
  assertEquals(routed, [true, true, true, true]);
}

async function use<T>(office: DeadLetterOffice, act: (office: DeadLetterOffice) => Promise<T>): Promise<T> {
  try {
    return await act(office);
  } finally {
    await office.close();
  }
}

Deno.test({
  name: "R26: the rights of the text are enough to emit, to handle, for dead letters and to tap",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(60_000, async (run) => {
      const rights = {
        all: readRights("emits and handles, looks at dead letters"),
        emitter: readRights('emits only, `topology: "check"`'),
        handler: readRights('handles, `topology: "check"`'),
        tap: readRights("`tapAmqp`"),
      };
      await withUsers(run, rights, async (urlOf) => {
        // Declares all.
        const service = await start(run, urlOf("all"));
        const handled = await handle(service);
        const [ready, end] = [createGate(), new AbortController()];
        const seen: unknown[] = [];
        const onEvent = ({ body }: { body: unknown }): void => void seen.push(body);
        const tap = tapAmqp(urlOf("tap"), { onEvent, onReady: ready.resolve, signal: end.signal });
        await Promise.race([ready.promise, tap]);

        await emitAll(service);
        await waitUntil("all is settled", () => handled.length === 3 && service.stats().dead === 1);
        await service.stop({ drainMs: 5000 });
        const handler = await start(run, urlOf("handler"), { topology: "check" });
        const handledByOther = await handle(handler);
        await emitAll(await start(run, urlOf("emitter"), { topology: "check" }));
        await waitUntil("all is settled", () => handledByOther.length === 3 && handler.stats().dead === 1);
        await handler.stop({ drainMs: 5000 });
        const done = await use(await openAmqpDeadLetters(urlOf("all"), SERVICE), async (office) => [
          (await office.list({ limit: 10 })).map(({ body }) => body).join(),
          await office.drop([(await office.list({ limit: 1 }))[0]!.id]),
          await office.redrive("all"),
        ]);
        end.abort();
        await tap;

        assertEquals(handled.sort(), ["again", "all", "one"]);
        assertEquals(handledByOther.sort(), ["again", "all", "one"]);
        assertEquals(done, ['"dead","dead"', 1, 1]);
        assertEquals(seen, ["one", "again", "dead", "all", "one", "again", "dead", "all"]);
        const told = run.logger.records.filter(({ message }) => message.includes("403"));
        assertEquals(told, []);
      });
    }),
});

Deno.test({
  name: "R26: who lacks a right is told what the broker says, and which right that is",
  ignore: !hasPrivateBroker(),
  fn: () =>
    withBroker(60_000, async (run) => {
      const all = readRights("emits and handles, looks at dead letters");
      const rights = {
        all,
        silent: { ...all, write: "^(gemstone\\.|amq\\.gen)" },
        blind: { ...all, read: "^$" },
        idle: { configure: "^$", write: "^$", read: "^$" },
      };
      await withUsers(run, rights, async (urlOf) => {
        const service = await start(run, urlOf("all"));
        await handle(service);
        await emit(service, "dead");
        await waitUntil("it is dead", () => service.stats().dead === 1);
        await service.stop({ drainMs: 5000 });
        const refuse = async (act: () => Promise<unknown>): Promise<string> => {
          const error = await assertRejects(act);
          assert(
            error instanceof BrokerUnavailableError || error instanceof EventRejectedError,
            String(error),
          );
          return error.message;
        };
        const silent = await openAmqpDeadLetters(urlOf("silent"), SERVICE);
        const blind = await openAmqpDeadLetters(urlOf("blind"), SERVICE);
        const idle = await start(run, urlOf("idle"), { topology: "none" });

        const refusals: readonly (readonly [text: string, what: string, need: string])[] = [
          [
            await refuse(() => silent.redrive("all")),
            "exchange 'amq.default'",
            'right "write" for the exchange',
          ],
          [await refuse(() => blind.drop("all")), "queue 'gemstone.dlq.shop'", 'right "read" for the queue'],
          [
            await refuse(() => tapAmqp(urlOf("all"), { onEvent() {}, signal: new AbortController().signal })),
            "queue 'amq.gen-",
            'right "configure"',
          ],
          [
            await refuse(() => emit(idle, "one")),
            "exchange 'gemstone.events'",
            'right "write" for the exchange',
          ],
          [await refuse(() => start(run, urlOf("idle"))), "exchange 'gemstone.events'", 'right "configure"'],
        ];
        const left = await use(silent, (office) => office.list({ limit: 10 }));
        await blind.close();

        for (const [text, what, need] of refusals) {
          assertStringIncludes(text, '403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - access to ');
          assertStringIncludes(text, what);
          assertStringIncludes(text, need);
        }
        assertEquals(left.length, 1);
      });
    }),
});
