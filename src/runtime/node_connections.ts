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
  /** Responses that wait behind another one, and want to know of the end. */
  waiting: Set<ServerResponse> | undefined;
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
  #isEnding = false;

  /** @param connection A new connection. */
  add(connection: Connection): void {
    // One that was given back, without its wish for another protocol.
    if (connection[ACCOUNT] !== undefined) return;
    const account: Account = { unanswered: 0, last: undefined, isEnding: false, waiting: undefined };
    connection[ACCOUNT] = account;
    this.#open.add(connection);
    connection.once("close", () => {
      this.#open.delete(connection);
      account.waiting?.forEach((response) => response.destroy().emit("close"));
    });
    if (this.#isEnding) this.#endIdle(connection);
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
   * Tells a response when its connection ends. Node itself does not where it waits behind another one
   * (pipelining), and whoever makes its body would go on for ever.
   *
   * @param connection Where the request came.
   * @param response Its response.
   */
  tell(connection: Connection, response: ServerResponse): void {
    if (response.socket !== null) return;
    const waiting = connection[ACCOUNT]!.waiting ??= new Set();
    waiting.add(response);
    response.once("close", () => waiting.delete(response));
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

  /** From now on each connection ends with its answer. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Ends each connection that owes no answer. */
  endIdle(): void {
    this.#isEnding = true;
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
