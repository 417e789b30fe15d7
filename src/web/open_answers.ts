/**
 * What a site has not finished yet: handlers that run, and bodies that are being sent.
 *
 * @module
 */
import type { CallScope } from "../rpc/call.ts";
import { isStreamed, ReportedError } from "../runtime/response_stream.ts";
import { copyWithHeaders, isUpgrade } from "./plain_response.ts";
import { RefusedError } from "./refused.ts";

/** A handler had not ended when the service stopped. */
export class AbandonedError extends RefusedError {
  /** Tells the caller, who may try another instance. */
  constructor() {
    super(503, "The service stops", { connection: "close" });
    this.name = "AbandonedError";
  }
}

/** The answers of a site that are being made or sent. */
export class OpenAnswers {
  readonly #handlers: Set<() => void> = new Set();
  #streams = 0;
  #onIdle: () => void = () => {};
  #idle: Promise<void> | undefined;

  /** Resolves when nothing is being made or sent any more; `undefined` when that is so now. */
  untilIdle(): Promise<void> | undefined {
    if (this.#handlers.size === 0 && this.#streams === 0) return undefined;
    this.#idle ??= new Promise((resolve) => this.#onIdle = resolve);
    return this.#idle;
  }

  /** Gives up the handlers that still run. Bodies go on: whoever has the connections cuts them. */
  abandon(): void {
    for (const giveUp of [...this.#handlers]) giveUp();
  }

  /**
   * Waits for a handler, unless it is given up.
   *
   * @param answer What the handler returned.
   * @param scope The life of its request: it is aborted when the handler is given up.
   * @returns What it answers. Rejects with an {@linkcode AbandonedError} when it is given up.
   */
  awaitHandler<Answer>(answer: PromiseLike<Answer>, scope: CallScope): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const end = () => {
        if (this.#handlers.delete(giveUp)) this.#tellIdle();
      };
      const giveUp = () => {
        scope.abort(new DOMException("The service has stopped", "AbortError"));
        reject(new AbandonedError());
        end();
      };
      this.#handlers.add(giveUp);
      // Whoever waits for the answer has its turn first, and watches the body: there is no idle moment between.
      Promise.resolve(answer).then(resolve, reject).then(end);
    });
  }

  /**
   * Watches the body of a response when it is a stream: a failure of it is told, and it counts as open until all of
   * it has been taken. A chunk that is not bytes is a failure, too.
   *
   * @param response The response.
   * @param onError Called with a failure.
   * @returns The response to send.
   */
  watch(response: Response, onError: (error: unknown) => void): Response {
    if (isUpgrade(response) || !isStreamed(response) || response.body === null) return response;
    return copyWithHeaders(response, () => {}, this.#watchBody(response.body, onError));
  }

  #watchBody(
    body: ReadableStream<Uint8Array<ArrayBuffer>>,
    onError: (error: unknown) => void,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    const reader = body.getReader();
    let isOpen = true;
    const end = () => {
      if (!isOpen) return;
      isOpen = false;
      this.#streams--;
      this.#tellIdle();
    };
    this.#streams++;
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(checkChunk(value));
          end();
          controller.close();
        } catch (error) {
          // What fails when nobody reads any more is no news.
          if (!isOpen) return;
          end();
          onError(error);
          controller.error(new ReportedError(error));
          reader.cancel(error).catch(() => {});
        }
      },
      async cancel(reason) {
        end();
        await reader.cancel(reason);
      },
    }, { highWaterMark: 0 });
  }

  #tellIdle(): void {
    if (this.#handlers.size > 0 || this.#streams > 0) return;
    this.#onIdle();
    this.#idle = undefined;
  }
}

/** The Fetch standard knows no other chunks; what runtimes do with them differs. */
function checkChunk(chunk: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (chunk as unknown instanceof Uint8Array) return chunk;
  throw new TypeError(
    `Cannot send a chunk that is ${typeof chunk}: a stream must give Uint8Array, such as a TextEncoder makes`,
  );
}
