/**
 * Which connections of a Node server owe an answer, so that a stop loses none.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** A property of the connection costs a tenth of a table of connections, for each request twice. */
const UNANSWERED = Symbol("unanswered");

type Connection = Socket & { [UNANSWERED]?: number };

/**
 * Counts the unanswered requests of each connection. `http.Server.close()` alone leaves a connection open
 * that becomes idle after it, and cuts one whose answer is still being sent.
 */
export class ConnectionTracker {
  readonly #open: Set<Connection> = new Set();
  readonly #ending: WeakSet<Connection> = new WeakSet();
  #draining = false;

  /** @param connection A new connection. */
  add(connection: Connection): void {
    connection[UNANSWERED] = 0;
    this.#open.add(connection);
    connection.once("close", () => this.#open.delete(connection));
    if (this.#draining) this.#endIdle(connection);
  }

  /**
   * Takes note of a request.
   *
   * @param request The request.
   * @param response Its response.
   * @returns Whether to answer it: not when an earlier answer has already ended the connection.
   */
  begin({ socket }: IncomingMessage, response: ServerResponse): boolean {
    const connection: Connection = socket;
    if (this.#draining) {
      if (this.#ending.has(connection)) return false;
      this.#ending.add(connection);
      response.shouldKeepAlive = false;
    }
    connection[UNANSWERED]!++;
    return true;
  }

  /**
   * Takes note that a request is being answered. Call it before the headers are sent where that is possible.
   *
   * @param response Its response.
   */
  end(response: ServerResponse): void {
    const connection: Connection = response.req.socket;
    const left = --connection[UNANSWERED]!;
    if (!this.#draining || left > 0) return;
    if (response.headersSent) this.#endIdle(connection);
    else response.shouldKeepAlive = false;
    this.#ending.add(connection);
  }

  /** Ends each connection as soon as it owes no answer. */
  drain(): void {
    this.#draining = true;
    for (const connection of this.#open) {
      if (connection[UNANSWERED] === 0) this.#endIdle(connection);
    }
  }

  #endIdle(connection: Connection): void {
    this.#ending.add(connection);
    // Sends what is still buffered, then closes.
    connection.destroySoon();
  }
}
