/**
 * Makes dead letters of broadcasts. They are in no queue, so they are kept here until Redis has them.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Logger } from "../../logger.ts";
import { logDeath } from "../failure_log.ts";
import type { EventCounters } from "../transport_state.ts";
import type { RedisConnection } from "./driver.ts";
import { BURY } from "./emit_scripts.ts";
import { FIELDS } from "./entry_reader.ts";
import { ENTRY_PREFIX, type LetterFields, writeLetter } from "./letter.ts";
import { readReplyCode } from "./script.ts";

/** What a graveyard works with. */
export interface GraveyardOptions {
  /** The dead letters. */
  readonly deadKey: string;
  /** The most of them above which those of broadcasts are dropped. */
  readonly maxDeadLetters: number;
  /** Gets `dead`. */
  readonly counters: EventCounters;
  /** Where it logs. */
  readonly logger: Logger;
}

/** More than that are not kept while Redis is away: broadcasts come at most once anyway. */
const MAX_KEPT = 1000;
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

interface KeptLetter {
  readonly letter: LetterFields;
  readonly command: readonly (string | Buffer)[];
  readonly bytes: number;
}

/** Works over one connection after the other. */
export class Graveyard {
  readonly #options: GraveyardOptions;
  readonly #kept = new Set<KeptLetter>();
  #keptBytes = 0;
  #connection: RedisConnection | undefined;
  #onIdle: (() => void)[] = [];

  /**
   * Creates a graveyard that holds nothing.
   *
   * @param options What it works with.
   */
  constructor(options: GraveyardOptions) {
    this.#options = options;
  }

  /** How many are not with Redis. */
  get size(): number {
    return this.#kept.size;
  }

  /** Takes a connection into use. */
  attach(connection: RedisConnection): void {
    this.#connection = connection;
    for (const kept of this.#kept) void this.#send(kept, connection);
  }

  /** The connection is gone. */
  detach(): void {
    this.#connection = undefined;
  }

  /**
   * Makes a dead letter.
   *
   * @param letter What it says.
   * @param body The body as it came.
   */
  bury(letter: LetterFields, body: Buffer): void {
    const { deadKey, maxDeadLetters, logger } = this.#options;
    const { event, reason, error } = letter;
    if (this.#kept.size >= MAX_KEPT || this.#keptBytes + body.length > MAX_KEPT_BYTES) {
      logger.error(`Lost a broadcast that could not be handled: ${event}, ${reason}`, { error });
      return;
    }
    const command = [
      ...["EVAL", BURY.text, "1", deadKey, String(maxDeadLetters)],
      ...writeLetter(letter),
      // It is a part of what came over the socket together, all of which it would keep.
      ...[`${ENTRY_PREFIX}${FIELDS.body}`, Buffer.from(body)],
    ];
    const kept: KeptLetter = { letter, command, bytes: body.length };
    this.#kept.add(kept);
    this.#keptBytes += kept.bytes;
    if (this.#connection !== undefined) void this.#send(kept, this.#connection);
  }

  /** Resolves when Redis has all. */
  idle(): Promise<void> {
    if (this.#kept.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  async #send(kept: KeptLetter, connection: RedisConnection): Promise<void> {
    try {
      this.#tell(kept.letter, await connection.send(kept.command) === 1);
    } catch (error) {
      // Without an answer it is sent again over the next connection.
      if (readReplyCode(error) === undefined) return;
      const text = `Lost a broadcast that could not be handled: ${(error as Error).message}`;
      this.#options.logger.error(text, { error: kept.letter.error });
    }
    // Over two connections one after the other it may be answered twice.
    if (this.#kept.delete(kept)) this.#keptBytes -= kept.bytes;
    if (this.#kept.size > 0) return;
    for (const tell of this.#onIdle.splice(0)) tell();
  }

  #tell(
    { event: name, eventId: id, attempts: attempt, reason, error }: LetterFields,
    isStored: boolean,
  ): void {
    const { counters, logger, deadKey, maxDeadLetters } = this.#options;
    if (isStored) {
      counters.dead++;
      logDeath(logger, { name, id, attempt, error, reason });
      return;
    }
    const text = `Dropped a broadcast: ${deadKey} holds ${maxDeadLetters} dead letters (maxDeadLetters)`;
    logger.error(text, { error });
  }
}
