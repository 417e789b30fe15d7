import { assertEquals } from "@std/assert";
import type { EventTransportStatus } from "../../../src/events/event_transport.ts";
import { StatusTeller } from "../../../src/events/redis/status_teller.ts";
import { findFreePort } from "../../support/tcp_port.ts";
import { createMemoryLogger } from "../../support/service.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { redisTest } from "./redis_space.ts";

const CONNECTING: EventTransportStatus = { state: "connecting" };
const UP: EventTransportStatus = { state: "up" };

function down(reason: string): EventTransportStatus {
  return { state: "down", reason, nextRetryMs: 7 };
}

Deno.test("StatusTeller tells and warns of each loss once", () => {
  const [logger, told] = [createMemoryLogger(), [] as EventTransportStatus[]];
  const onStatus = (status: EventTransportStatus): void => void told.push(status);
  const teller = new StatusTeller({ address: "redis://h:1/0", logger, onStatus });

  for (const status of [CONNECTING, down("a"), CONNECTING, down("a"), down("b"), UP, down("b")]) {
    teller.tell(status);
  }

  assertEquals(told, [CONNECTING, down("a"), CONNECTING, UP, down("b")]);
  const properties = { nextRetryMs: 7 };
  const isDown = "Redis: the connection to redis://h:1/0 is down:";
  assertEquals(logger.records, [
    { level: "warn", message: `${isDown} a`, properties },
    { level: "debug", message: `${isDown} a`, properties },
    { level: "warn", message: `${isDown} b`, properties },
    { level: "info", message: "Redis: the connection to redis://h:1/0 is up", properties: undefined },
    { level: "warn", message: `${isDown} b`, properties },
  ]);
});

Deno.test("StatusTeller tells although the logger throws", () => {
  const told: string[] = [];
  const fail = (): never => {
    throw new Error("The log is full");
  };
  const logger = { debug: fail, info: fail, warn: fail, error: fail };
  const teller = new StatusTeller({ address: "a", logger, onStatus: ({ state }) => void told.push(state) });

  for (const status of [down("a"), down("a"), UP]) teller.tell(status);

  assertEquals(told, ["down", "up"]);
});

redisTest("RedisEventTransport warns when it starts without Redis", async (space) => {
  const url = `redis://me:s3cr3t@127.0.0.1:${await findFreePort()}/2`;
  const transport = space.create("shop", { waitForBroker: false }, url);

  await transport.start();
  await waitUntil("it has tried twice", () => space.logger.records.length >= 2);
  const { state, reason } = transport.transport.health();

  const [first, second] = space.logger.records;
  assertEquals([first!.level, second!.level], ["warn", "debug"]);
  assertEquals(first!.message.replace(/:\d+/, "").split(": ").slice(0, 2), [
    "Redis",
    "the connection to redis://me@127.0.0.1/2 is down",
  ]);
  assertEquals([state, reason?.includes("ECONNREFUSED")], ["down", true]);
  assertEquals(transport.states.filter((state) => state === "down").length, 1);
});
