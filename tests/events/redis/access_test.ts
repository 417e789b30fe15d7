/** The rights that the text of the module asks for: they are enough, and none is asked for in vain. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { readFileSync } from "node:fs";
import { BrokerUnavailableError, NonRetryableError } from "../../../src/errors.ts";
import { openRedisDeadLetters } from "../../../src/events/redis/dead_letters.ts";
import { tapRedis } from "../../../src/events/redis/event_tap.ts";
import { createGate } from "../../support/gate.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { privateRedisTest, type RedisSpace, toSubscription } from "./redis_space.ts";

/** The text as it stands in the source on Deno, and in the types of the package on Node. */
const TEXT = readFileSync(
  new URL(
    `../../../src/events/redis/mod.${import.meta.url.endsWith(".ts") ? "ts" : "d.ts"}`,
    import.meta.url,
  ),
  "utf8",
);
const NAMESPACE = "gemstone";
const EVENT = "order_paid";

/** The arguments of `ACL SETUSER` in the text, as a shell reads them. */
function readRights(): string[] {
  const [, command] = /ACL SETUSER shop on ([^`]+)/.exec(TEXT) ?? [];
  assert(command !== undefined, "The text has no ACL SETUSER");
  const words = command.replaceAll(/\\?\n \* */g, " ").trim().split(/ +/);
  return words.map((word) => word.replace(/^'(.*)'$/, "$1"));
}

/** The rights of the table, by what they are for. */
function readMoreRights(): Map<string, string[]> {
  const rows = [...TEXT.matchAll(/^ \* \| (`[+&][^ ]*`(?:, `[^ ]*`)*) \| (.*) \|$/gm)];
  return new Map(rows.map(([, rights = "", use = ""]) => [
    use,
    rights.split(", ").map((right) => right.slice(1, -1).replaceAll("\\|", "|")),
  ]));
}

/** Makes a user, and says its URL. */
async function addUser(space: RedisSpace, name: string, rights: readonly string[]): Promise<string> {
  await space.raw.text("ACL", "SETUSER", name, "reset", "on", ...rights);
  const { host } = new URL(space.url);
  return `redis://${name}:password@${host}`;
}

const OPTIONS = { namespace: NAMESPACE, claimIdleMs: 60_000, connection: { connectRetries: 0 } };

privateRedisTest("The rights of the text are enough for a service and its dead letters", async (space) => {
  const url = await addUser(space, "shop", readRights());
  const handled: unknown[] = [];
  const handle = ({ body, attempt }: { body: unknown; attempt: number }): void => {
    if (body === "dead") throw new NonRetryableError("no");
    if (body === "again" && attempt === 1) throw new Error("not yet");
    handled.push(body);
  };
  const settings = { ordered: true };
  const [first, second] = [await space.start("shop", OPTIONS, url), await space.start("shop", OPTIONS, url)];
  for (const { transport } of [first, second]) {
    await transport.subscribe([toSubscription(EVENT, handle, settings)]);
  }
  const seen: unknown[] = [];
  const [ready, end] = [createGate(), new AbortController()];
  const tap = tapRedis(url, {
    event: EVENT,
    onEvent: ({ body }) => seen.push(body),
    onReady: ready.resolve,
    signal: end.signal,
  });
  await Promise.race([ready.promise, tap]);

  const receipt = await second.emitNamed(EVENT, "one");
  await second.emitNamed(EVENT, "again");
  await second.emitNamed(EVENT, "dead");
  await waitUntil("all is settled", () => first.transport.stats().dead === 1 && handled.length === 2);
  await first.emitNamed(EVENT, "all", { broadcast: true });
  await first.emitNamed(EVENT, "dead", { broadcast: true });
  await waitUntil(
    "both have the broadcasts",
    () => second.transport.stats().dead === 1 && handled.length === 4,
  );
  await first.stop();
  await second.emitNamed(EVENT, "ordered");
  await waitUntil("the other one takes over", () => handled.length === 5);
  const office = await openRedisDeadLetters(url, "shop");
  const letters = await office.list({ limit: 10 });
  const dropped = [await office.drop([letters[0]!.id]), await office.drop("all")];
  await office.close();
  await second.stop();
  end.abort();
  await tap;

  assertEquals([receipt.confirmed, receipt.routed], [true, true]);
  assertEquals(handled, ["one", "again", "all", "all", "ordered"]);
  assertEquals(letters.map(({ body }) => body), ['"dead"', '"dead"', '"dead"']);
  assertEquals(dropped, [1, 2]);
  assertEquals(seen, ["one", "again", "dead", "all", "dead", "ordered"]);
  const warnings = space.logger.records.filter(({ level }) => level === "warn").map(({ message }) => message);
  assertEquals(
    warnings.filter((message) => /NOPERM|permission|sign off/.test(message)).length,
    2,
    String(warnings),
  );
});

privateRedisTest("None of the commands of the text can be left out", async (space) => {
  const rights = readRights();
  const commands = rights.filter((right) => right.startsWith("+"));
  assert(commands.length > 0);

  for (const command of commands) {
    const url = await addUser(space, "shop", rights.filter((right) => right !== command));
    const tryAll = async (): Promise<void> => {
      const { transport } = await space.start("shop", OPTIONS, url);
      await transport.subscribe([toSubscription(EVENT, () => {}, { ordered: true })]);
    };

    await assertRejects(tryAll, Error, undefined, `without ${command}`);
  }
});

/** What needs more, and how it goes without that. */
const MORE: readonly {
  readonly use: RegExp;
  readonly refusal: RegExp;
  /** Rejects, or says what was told. */
  tryIt(space: RedisSpace, url: string): Promise<string>;
}[] = [
  {
    use: /read at once/,
    refusal: /^Cannot use CLIENT ID and CLIENT UNBLOCK, will poll instead: NOPERM/,
    async tryIt(space, url) {
      const { transport } = await space.start("shop", OPTIONS, url);
      await transport.subscribe([toSubscription(EVENT, () => {})]);
      const isBlocked = async (): Promise<boolean> =>
        / name=[^ ]*:reader [^\n]* flags=b /.test(String(await space.raw.text("CLIENT", "LIST")));
      await waitUntil("it waits for events", isBlocked);
      await transport.stop({ drainMs: 1000 });
      return space.logger.records.splice(0).map(({ message }) => message)
        .filter((message) => message.startsWith("Cannot")).join();
    },
  },
  {
    use: /database other than 0/,
    refusal: /NOPERM .*'select'/,
    async tryIt(space, url) {
      const transport = await space.start("shop", OPTIONS, `${url}/2`);
      await transport.stop();
      return "";
    },
  },
  {
    use: /redrive/,
    refusal: /^Cannot use Redis at .*: .*can't run this command/,
    async tryIt(space, url) {
      const { namespace } = OPTIONS;
      await space.raw.text("XADD", `${namespace}:q:shop/${EVENT}`, "*", "event", "1");
      const origin = ["origin", `${namespace}:q:shop/${EVENT}`, "entry.event", "1"];
      await space.raw.text("XADD", `${namespace}:dead:shop`, "*", ...origin);
      const office = await openRedisDeadLetters(url, "shop");
      try {
        return await office.redrive("all") > 0 ? "" : "nothing";
      } finally {
        await office.close();
      }
    },
  },
  {
    use: /tap of all events/,
    refusal: /^Cannot show events: NOPERM/,
    async tryIt(_space, url) {
      const end = new AbortController();
      await tapRedis(url, { onEvent() {}, onReady: () => end.abort(), signal: end.signal });
      return "";
    },
  },
];

for (const { use, refusal, tryIt } of MORE) {
  privateRedisTest(`The right of the text for ${use.source} is enough, and is needed`, async (space) => {
    const [, more] = [...readMoreRights()].find(([text]) => use.test(text)) ?? [];
    assert(more !== undefined, "The text has no such right");
    const tell = async (rights: readonly string[]): Promise<string> => {
      const url = await addUser(space, "shop", rights);
      return await tryIt(space, url).catch((error: unknown) => {
        assert(error instanceof BrokerUnavailableError, String(error));
        return error.message;
      });
    };

    assertEquals(await tell([...readRights(), ...more]), "");
    for (const right of more) {
      assertMatch(await tell([...readRights(), ...more.filter((one) => one !== right)]), refusal);
    }
  });
}

privateRedisTest(
  "RedisEventTransport.start() rejects at once for a wrong password, and does not tell it",
  async (space, redis) => {
    await space.raw.text("CONFIG", "SET", "requirepass", "right");
    const transport = space.create("shop", {}, `redis://:s3cr3t@127.0.0.1:${redis.port}`);

    const error = await assertRejects(() => transport.start(), BrokerUnavailableError, "WRONGPASS");
    await space.raw.text("AUTH", "right");

    assert(!error.message.includes("s3cr3t"), error.message);
    assertEquals(transport.states, ["connecting", "failed"]);
  },
);
