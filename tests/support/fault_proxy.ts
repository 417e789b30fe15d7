/** A TCP proxy on the loopback that does to connections what networks do to them. */
import { connect, createServer, type Server, type Socket } from "node:net";

/** What happens to the bytes of one direction: they pass, are thrown away, or stay with the sender. */
export type Flow = "pass" | "drop" | "stall";

/**
 * What happens to new connections: they pass, are answered with a reset, or are accepted and never answered (what a
 * black hole looks like to somebody who has got a connection).
 */
export type Admission = "pass" | "reset" | "hole";

/** Stands between a client and a server. */
export class FaultProxy {
  /** What happens to new connections. */
  admission: Admission = "pass";
  /** How long bytes are kept back, in milliseconds, in each direction. */
  latencyMs = 0;
  /** When connections arrived, in milliseconds of `performance.now()`. */
  readonly arrivals: number[] = [];
  /** The bytes that went from clients to the server, or would have. */
  bytesUp = 0;
  /** The bytes that went from the server to clients, or would have. */
  bytesDown = 0;
  readonly #target: number;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #port = 0;
  #up: Flow = "pass";
  #down: Flow = "pass";
  #resetAt = Infinity;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((client) => this.#admit(client));
  }

  /** Starts a proxy in front of a port of this machine. */
  static async start(target: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    await proxy.listen();
    return proxy;
  }

  /** Where it listens, on 127.0.0.1; stays the same after {@linkcode refuse}. */
  get port(): number {
    return this.#port;
  }

  /** How many connections there are. */
  get connections(): number {
    return this.#links.size;
  }

  /** What happens to the bytes from client to server. */
  set up(flow: Flow) {
    this.#up = flow;
    for (const link of this.#links) link.setFlow("up", flow);
  }

  /** What happens to the bytes from server to client. */
  set down(flow: Flow) {
    this.#down = flow;
    for (const link of this.#links) link.setFlow("down", flow);
  }

  /** All passes again. */
  heal(): void {
    this.admission = "pass";
    this.up = "pass";
    this.down = "pass";
  }

  /** A black hole, for those who are connected and those who come. */
  blackHole(): void {
    this.admission = "hole";
    this.up = "drop";
    this.down = "drop";
  }

  /** Ends all connections with a TCP reset, on both sides. */
  resetAll(): void {
    for (const link of [...this.#links]) link.end("reset");
  }

  /** Resets all connections once, when so many more bytes have passed in both directions together. */
  resetAtByte(count: number): void {
    this.#resetAt = this.bytesUp + this.bytesDown + count;
  }

  /** Ends all connections with a FIN, on both sides. */
  endAll(): void {
    for (const link of [...this.#links]) link.end("fin");
  }

  /** Listens again. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ host: "127.0.0.1", port: this.#port }, resolve);
    });
    this.#port = (this.#server.address() as { port: number }).port;
  }

  /** Does not listen any more, so that new connections are refused. Those that there are go on. */
  refuse(): void {
    this.#server.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#server.listening
      ? new Promise<void>((resolve) => this.#server.close(() => resolve()))
      : Promise.resolve();
    this.resetAll();
    await closed;
  }

  #admit(client: Socket): void {
    this.arrivals.push(performance.now());
    if (this.admission === "reset") {
      client.on("error", () => {});
      client.resetAndDestroy();
      return;
    }
    const link = new Link(client, this.admission === "hole" ? undefined : this.#target, {
      latencyMs: () => this.latencyMs,
      count: (direction, bytes) => {
        if (direction === "up") this.bytesUp += bytes;
        else this.bytesDown += bytes;
        if (this.bytesUp + this.bytesDown < this.#resetAt) return;
        this.#resetAt = Infinity;
        this.resetAll();
      },
      onEnd: () => this.#links.delete(link),
    });
    this.#links.add(link);
    link.setFlow("up", this.#up);
    link.setFlow("down", this.#down);
  }
}

type Direction = "up" | "down";

interface LinkOwner {
  latencyMs(): number;
  count(direction: Direction, bytes: number): void;
  onEnd(): void;
}

/** A client and the connection to the server that was made for it. */
class Link {
  readonly #client: Socket;
  readonly #server: Socket | undefined;
  readonly #owner: LinkOwner;
  readonly #flows: Record<Direction, Flow> = { up: "pass", down: "pass" };
  readonly #delayed = new Set<ReturnType<typeof setTimeout>>();
  #isForgotten = false;

  constructor(client: Socket, target: number | undefined, owner: LinkOwner) {
    this.#client = client;
    this.#owner = owner;
    this.#server = target === undefined ? undefined : connect({ port: target, host: "127.0.0.1" });
    this.#carry("up", client, this.#server);
    if (this.#server !== undefined) this.#carry("down", this.#server, client);
  }

  setFlow(direction: Direction, flow: Flow): void {
    this.#flows[direction] = flow;
    const source = direction === "up" ? this.#client : this.#server;
    if (flow === "stall") source?.pause();
    else source?.resume();
  }

  end(how: "reset" | "fin"): void {
    this.#forget();
    for (const socket of this.#sockets) {
      if (how === "fin") socket.end();
      else socket.resetAndDestroy();
    }
    // A half-closed peer may never answer the FIN.
    if (how === "fin") this.#server?.destroySoon();
  }

  get #sockets(): Socket[] {
    return this.#server === undefined ? [this.#client] : [this.#client, this.#server];
  }

  #carry(direction: Direction, from: Socket, to: Socket | undefined): void {
    from.setNoDelay(true);
    from.on("error", () => this.#hear("reset", direction));
    from.on("end", () => this.#hear("fin", direction));
    from.on("close", () => {
      this.#hear("reset", direction);
      if (this.#sockets.every((socket) => socket.destroyed)) this.#forget();
    });
    from.on("data", (chunk: Uint8Array) => {
      this.#owner.count(direction, chunk.length);
      if (this.#flows[direction] !== "pass" || to === undefined || this.#isForgotten) return;
      const delayMs = this.#owner.latencyMs();
      if (delayMs === 0) return this.#write(chunk, direction, from, to);
      const timer = setTimeout(() => {
        this.#delayed.delete(timer);
        this.#write(chunk, direction, from, to);
      }, delayMs);
      this.#delayed.add(timer);
    });
  }

  #write(chunk: Uint8Array, direction: Direction, from: Socket, to: Socket): void {
    if (!to.writable || to.write(chunk)) return;
    from.pause();
    to.once("drain", () => {
      if (this.#flows[direction] !== "stall") from.resume();
    });
  }

  /** Of a direction that does not pass nobody hears anything, the end of the connection included. */
  #hear(how: "reset" | "fin", direction: Direction): void {
    if (this.#flows[direction] === "pass" && !this.#isForgotten) this.end(how);
  }

  #forget(): void {
    this.#isForgotten = true;
    for (const timer of this.#delayed) clearTimeout(timer);
    this.#owner.onEnd();
  }
}
