/**
 * Which connections of a Node server owe an answer, so that a stop loses none.
 *
 * @module
 */
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Counts the unanswered requests of each connection. `http.Server.close()` alone leaves a connection open
 * that becomes idle after it, and cuts one whose answer is still being sent.
 */
export class ConnectionTracker {
  readonly #unanswered: Map<Socket, number> = new Map();
  readonly #ending: WeakSet<Socket> = new WeakSet();
  #draining = false;

  /** @param socket A new connection. */
  add(socket: Socket): void {
    this.#unanswered.set(socket, 0);
    socket.once("close", () => this.#unanswered.delete(socket));
    if (this.#draining) this.#endIdle(socket);
  }

  /**
   * Takes note of a request.
   *
   * @param response Its response.
   * @returns Whether to answer it: not when an earlier answer has already ended the connection.
   */
  begin(response: ServerResponse): boolean {
    const socket = response.socket!;
    if (this.#draining) {
      if (this.#ending.has(socket)) return false;
      this.#ending.add(socket);
      response.shouldKeepAlive = false;
    }
    this.#unanswered.set(socket, (this.#unanswered.get(socket) ?? 0) + 1);
    return true;
  }

  /**
   * Takes note that a request is being answered. Call it before the headers are sent where that is possible.
   *
   * @param response Its response.
   */
  end(response: ServerResponse): void {
    const socket = response.socket ?? response.req.socket;
    const left = this.#unanswered.get(socket);
    if (left === undefined) return;
    this.#unanswered.set(socket, left - 1);
    if (!this.#draining || left > 1) return;
    if (response.headersSent) this.#endIdle(socket);
    else response.shouldKeepAlive = false;
    this.#ending.add(socket);
  }

  /** Ends each connection as soon as it owes no answer. */
  drain(): void {
    this.#draining = true;
    for (const [socket, unanswered] of this.#unanswered) {
      if (unanswered === 0) this.#endIdle(socket);
    }
  }

  #endIdle(socket: Socket): void {
    this.#ending.add(socket);
    // Sends what is still buffered, then closes.
    socket.destroySoon();
  }
}
