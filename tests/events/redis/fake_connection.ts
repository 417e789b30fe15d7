/** A connection to nobody: a test answers each command. */
import type { RedisCommand, RedisConnection, RedisReply } from "../../../src/events/redis/driver.ts";
import { createGate, type Gate } from "../../support/gate.ts";

/** A command that was sent. */
export interface SentCommand extends Gate<RedisReply> {
  readonly command: RedisCommand;
}

/** Remembers what is sent. */
export class FakeConnection implements RedisConnection {
  readonly sent: SentCommand[] = [];
  isClosed = false;
  readonly #answer: ((command: RedisCommand) => RedisReply) | undefined;

  /** @param answer Answers at once; otherwise the test does. */
  constructor(answer?: (command: RedisCommand) => RedisReply) {
    this.#answer = answer;
  }

  send(command: RedisCommand): Promise<RedisReply> {
    const gate = createGate<RedisReply>();
    this.sent.push({ ...gate, command });
    if (this.#answer !== undefined) gate.resolve(this.#answer(command));
    return gate.promise;
  }

  sendForBytes(command: RedisCommand): Promise<RedisReply> {
    return this.send(command);
  }

  subscribe(): Promise<void> {
    return Promise.resolve();
  }

  subscribeToPattern(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.isClosed = true;
  }
}
