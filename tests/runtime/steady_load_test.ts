/** Stopping under load: every call whose method ran is answered in full, all others see a closed connection. */
import { assert, assertEquals } from "@std/assert";
import { exposedMethod, type Logger, MicroService } from "@gemstone/gemstone";
import { RawConnection, toPost } from "../support/raw_connection.ts";
import { createMemoryLogger } from "../support/service.ts";

const CONNECTIONS = 64;
const STOP_AFTER = 1_000;
const MOST_CALLS = 20_000;

class CountingService extends MicroService {
  override name = "counting";
  override port = 0;
  override skipConfiguration = true;
  readonly ran: Set<number> = new Set();
  onRun: () => void = () => {};

  override getLogger(): Logger {
    return createMemoryLogger();
  }

  #count(call: number): number {
    this.ran.add(call);
    this.onRun();
    return call;
  }

  @exposedMethod()
  at_once(call: number): number {
    return this.#count(call);
  }

  @exposedMethod()
  async later(call: number): Promise<number> {
    this.#count(call);
    await new Promise((resolve) => setTimeout(resolve, call % 4));
    return call;
  }

  @exposedMethod({ requiresHandlerReference: true })
  async with_context(_context: unknown, call: number): Promise<number> {
    return await Promise.resolve(this.#count(call));
  }
}

interface Load {
  readonly service: CountingService;
  readonly method: string;
  readonly depth: number;
  /** Ids of the calls with a complete answer. */
  readonly answered: Set<number>;
  sent: number;
  wrong: number;
  unreadBytes: number;
}

/** Keeps `depth` requests on the way over one connection until the server closes it. */
async function runConnection(load: Load): Promise<void> {
  const connection = await RawConnection.open(Number(new URL(load.service.url).port));
  const underway: number[] = [];
  try {
    while (load.sent < MOST_CALLS) {
      while (underway.length < load.depth) {
        const id = ++load.sent;
        underway.push(id);
        connection.write(
          toPost(JSON.stringify({ jsonrpc: "2.0", method: load.method, params: [id], id })),
        );
      }
      const answer = await connection.read();
      if (answer === undefined) break;
      const id = underway.shift();
      const reply = JSON.parse(answer.body);
      if (answer.status !== 200 || reply.id !== id || reply.result !== id) load.wrong++;
      else load.answered.add(reply.id);
    }
    load.unreadBytes += connection.unread;
  } finally {
    await connection.close();
  }
}

async function stopUnderLoad(method: string, depth: number): Promise<Load> {
  const service = new CountingService();
  const load: Load = {
    service,
    method,
    depth,
    answered: new Set(),
    sent: 0,
    wrong: 0,
    unreadBytes: 0,
  };
  await service.start();
  const reached = new Promise<void>((resolve) => {
    service.onRun = () => service.ran.size >= STOP_AFTER && resolve();
  });
  const connections = Array.from({ length: CONNECTIONS }, () => runConnection(load));
  await reached;
  await service.stop();
  await Promise.all(connections);
  return load;
}

for (const method of ["at_once", "later", "with_context"]) {
  for (const depth of [1, 8]) {
    const how = depth === 1 ? "without pipelining" : `with ${depth} pipelined calls`;
    Deno.test(`stop() under load of 64 connections loses no call of ${method} ${how}`, async () => {
      const load = await stopUnderLoad(method, depth);

      const lost = [...load.service.ran].filter((id) => !load.answered.has(id));
      assertEquals(
        { lost: lost.length, wrong: load.wrong, unreadBytes: load.unreadBytes },
        { lost: 0, wrong: 0, unreadBytes: 0 },
      );
      assertEquals(load.answered.size, load.service.ran.size);
      assert(load.sent < MOST_CALLS, "the stop has to close the connections, not the end of the load");
    });
  }
}
