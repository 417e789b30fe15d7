/**
 * Which connections of a Node server owe an answer, so that a stop loses none.
 *
 * @module
 */
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** What is kept of a connection: on itself, because a table would cost more for each request. */
interface Account {
  /** Requests without an answer. */
  unanswered: number;
  /** The response that is sent last: answers leave in the order of the requests (RFC 9112, section 9.3.2). */
  last: ServerResponse | undefined;
  /** It takes no more requests. */
  isEnding: boolean;
}

const ACCOUNT = Symbol("account");

/** A connection of a {@linkcode ConnectionTracker}. */
export type Connection = Socket & { [ACCOUNT]?: Account };

/**
 * Counts the unanswered requests of each connection. `http.Server.close()` alone leaves a connection open
 * that becomes idle after it, and cuts one whose answer is still being sent.
 */
export class ConnectionTracker {
  readonly #open: Set<Connection> = new Set();
  #isDraining = false;

  /** @param connection A new connection. */
  add(connection: Connection): void {
    connection[ACCOUNT] = { unanswered: 0, last: undefined, isEnding: false };
    this.#open.add(connection);
    connection.once("close", () => this.#open.delete(connection));
    if (this.#isDraining) this.#endIdle(connection);
  }

  /**
   * Takes note of a request.
   *
   * @param connection Where it came.
   * @param response Its response.
   * @returns Whether to answer it: not when an earlier answer has already ended the connection.
   */
  begin(connection: Connection, response: ServerResponse): boolean {
    const account = connection[ACCOUNT]!;
    if (this.#isDraining) {
      if (account.isEnding) return false;
      account.isEnding = true;
      response.shouldKeepAlive = false;
    }
    account.unanswered++;
    account.last = response;
    return true;
  }

  /**
   * Takes note that a request is being answered. Call it before the headers are sent where that is possible.
   *
   * @param connection Where it came.
   * @param response Its response.
   */
  end(connection: Connection, response: ServerResponse): void {
    const account = connection[ACCOUNT]!;
    account.unanswered--;
    if (!this.#isDraining || account.unanswered > 0) return;
    account.isEnding = true;
    const last = account.last!;
    if (last === response && !response.headersSent) response.shouldKeepAlive = false;
    else if (last.writableFinished) this.#endIdle(connection);
    else last.once("finish", () => this.#endIdle(connection));
  }

  /** Ends each connection as soon as it owes no answer. */
  drain(): void {
    this.#isDraining = true;
    for (const connection of this.#open) {
      if (connection[ACCOUNT]!.unanswered === 0) this.#endIdle(connection);
    }
  }

  #endIdle(connection: Connection): void {
    connection[ACCOUNT]!.isEnding = true;
    // Sends what is still buffered, then closes.
    connection.destroySoon();
  }
}
